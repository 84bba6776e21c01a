import { firstPlacement } from "../domain/placement.ts";
import { retryToken } from "../domain/retry-token.ts";
import type { Instance, LaunchOutcome, OciFailure } from "../oci/provider.ts";
import type { LaunchContext, Pending, Step } from "./launch-target.ts";

/** Tokens that OCI may call spent before a node is given up: each needs an instance that has just died. */
const TOKEN_ATTEMPTS_MAX = 5;

/** It holds its host name label and is not on its way out. */
export function isPresent({ lifecycleState }: Instance): boolean {
  return lifecycleState !== "TERMINATED" && lifecycleState !== "TERMINATING";
}

/** One LaunchInstance for one node, and what its answer means for it. */
export async function launchOnce(
  context: LaunchContext,
  target: Pending,
  earlier: Instance | undefined,
): Promise<Step | Extract<LaunchOutcome, { kind: "refused" }>> {
  const { instances, clusterId, clock, log } = context;
  const { nodeName, specification } = target;
  const availabilityDomain = firstPlacement(nodeName, specification);
  const startedMs = clock.now();
  const outcome = await instances.launchInstance({
    nodeName,
    specification,
    availabilityDomain,
    retryToken: launchToken(clusterId, target, availabilityDomain, earlier),
  });
  const durationMs = clock.now() - startedMs;
  const place = { node: nodeName, shape: specification.shape, availabilityDomain, durationMs };
  if (outcome.kind === "refused") {
    const { failure } = outcome;
    log.warn("launch refused", { ...place, ...failureFields(failure) });
    // A spent token says nothing against the node: look again, then the next token. Nor does a name that is taken.
    if (failure.class === "token") return withNextToken(target, failure.message);
    if (failure.class === "label") {
      return { kind: "pending", pending: { ...target, obstacle: failure.message } };
    }
    return outcome;
  }
  const { instance, opcRequestId } = outcome;
  if (!isPresent(instance))
    return withNextToken(target, `the token gave ${instance.instanceOcid}, which is gone`);
  const { instanceOcid } = instance;
  log.info("launched instance", {
    ...place,
    instanceOcid,
    ...(opcRequestId !== undefined && { opcRequestId }),
  });
  return { kind: "launched", nodeName, instance };
}

function launchToken(
  clusterId: string,
  { nodeName, attempt }: Pending,
  availabilityDomain: string,
  earlier: Instance | undefined,
): string {
  return retryToken({
    clusterId,
    nodeName,
    availabilityDomain,
    newestEarlierInstanceOcid: earlier?.instanceOcid,
    attempt,
  });
}

function withNextToken(target: Pending, obstacle: string): Step {
  const attempt = target.attempt + 1;
  if (attempt < TOKEN_ATTEMPTS_MAX)
    return { kind: "pending", pending: { ...target, attempt, obstacle } };
  return {
    kind: "failed",
    nodeName: target.nodeName,
    reason: `no retry token was accepted: ${obstacle}`,
  };
}

function failureFields({ status, code, message, opcRequestId }: OciFailure): {
  reason: string;
  status?: number;
  code?: string;
  opcRequestId?: string;
} {
  return {
    reason: message,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(opcRequestId !== undefined && { opcRequestId }),
  };
}
