import { rankPlacements, shapeLabel, type Placement } from "../domain/placement.ts";
import {
  describeRefusedPlacements,
  nextTryMs,
  type RefusedPlacement,
} from "../domain/refused-placements.ts";
import { retryToken } from "../domain/retry-token.ts";
import { describeAnswer, describeRefusal } from "../oci/oci-errors.ts";
import type { Instance, OciFailure } from "../oci/provider.ts";
import type { Prospect } from "./capacity-memory.ts";
import { isPresent } from "./is-present.ts";
import type { LaunchContext, LaunchResult, LaunchTarget, Pending, Step } from "./launch-target.ts";

/** Tokens that OCI may call spent before a node is given up: each needs an instance that has just died. */
const TOKEN_ATTEMPTS_MAX = 5;
/** Rounds of attempts that may end with a fault before a node is given up. */
const FAULTS_MAX = 3;
/** How often a node waits for another that finds out about a placement: three fault domains and some to spare. */
const LOOKS_MAX = 20;

/** OCI refused in a way that another placement would not mend. */
export interface Refusal {
  readonly kind: "refused";
  readonly failure: OciFailure;
}

/** Goes through a node's placements, best first, until one gives an instance or none is left. */
export async function launchNode(
  context: LaunchContext,
  target: Pending,
  earlier: Instance | undefined,
): Promise<Step | Refusal> {
  const refused: RefusedPlacement[] = [];
  for (const placement of rankPlacements(target.nodeName, target.specification)) {
    const prospect = await lookUntilSettled(context, placement);
    if (prospect.kind === "closed") {
      refused.push({ placement, ...prospect });
      continue;
    }
    const unneeded = context.doomedJobs.whyNotNeeded(target.nodeName);
    if (unneeded !== undefined || context.signal.aborted) {
      await context.memory.settle(placement, { kind: "unknown" });
      return unneeded === undefined
        ? failedByDeadline({ ...target, obstacle: NOT_TRIED })
        : { kind: "abandoned", nodeName: target.nodeName, reason: unneeded };
    }
    const attempt = await launchAt(context, { target, placement, earlier });
    if (attempt.kind !== "no-machine") return attempt;
    refused.push(attempt.refused);
  }
  const reason = describeRefusedPlacements(refused);
  return { kind: "failed", nodeName: target.nodeName, reason, retryAtMs: nextTryMs(refused) };
}

const NOT_TRIED = "other launches took all of it";

export function failedByDeadline({ nodeName, obstacle }: Pending): LaunchResult {
  return { kind: "failed", nodeName, reason: `the run's time was up: ${obstacle}` };
}

/** Whether to try, when need be after another node has found out. */
async function lookUntilSettled(
  { memory }: LaunchContext,
  placement: Placement,
): Promise<Exclude<Prospect, { kind: "in-doubt" }>> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const prospect = await memory.look(placement);
    if (prospect.kind !== "in-doubt") return prospect;
    await prospect.settled;
  }
  return { kind: "open" };
}

interface Attempt {
  readonly target: Pending;
  readonly placement: Placement;
  readonly earlier: Instance | undefined;
}

type AttemptEnd =
  Step | Refusal | { readonly kind: "no-machine"; readonly refused: RefusedPlacement };

/** One LaunchInstance for one node in one placement, and what its answer means. */
async function launchAt(context: LaunchContext, attempt: Attempt): Promise<AttemptEnd> {
  const { instances, memory, clock, log } = context;
  const { target, placement } = attempt;
  const { nodeName, specification } = target;
  const startedMs = clock.now();
  const token = launchToken(context.clusterId, attempt);
  const outcome = await instances.launchInstance({
    nodeName,
    specification,
    placement,
    retryToken: token,
  });
  const { availabilityDomain } = placement;
  const durationMs = clock.now() - startedMs;
  const place = { node: nodeName, shape: shapeLabel(placement), availabilityDomain, durationMs };
  if (outcome.kind === "refused") {
    log.warn("launch refused", { ...place, ...failureFields(outcome.failure) });
    return await refusedAt(context, attempt, outcome.failure);
  }
  const { kind, ...launched } = outcome;
  const { instance, opcRequestId } = launched;
  await memory.settle(placement, { kind: isPresent(instance) ? "accepted" : "unknown" });
  if (!isPresent(instance)) {
    return withNextToken(target, `the token gave ${instance.instanceOcid}, which is gone`);
  }
  log.info("launched instance", {
    ...place,
    instanceOcid: instance.instanceOcid,
    ...(opcRequestId !== undefined && { opcRequestId }),
  });
  return { kind, ...launched, target, placement };
}

async function refusedAt(
  context: LaunchContext,
  { target, placement }: Attempt,
  failure: OciFailure,
): Promise<AttemptEnd> {
  const { memory } = context;
  switch (failure.class) {
    case "capacity":
    case "limit": {
      const message = describeAnswer(failure);
      const untilMs = await memory.settle(placement, { kind: failure.class, message });
      return { kind: "no-machine", refused: { placement, message, untilMs } };
    }
    // A spent token says nothing against the node: look again, then the next token. Nor does a name that is taken.
    case "token":
      await memory.settle(placement, { kind: "unknown" });
      return withNextToken(target, failure.message);
    case "label":
      await memory.settle(placement, { kind: "unknown" });
      return { kind: "pending", pending: { ...target, obstacle: failure.message } };
    // They may pass, or have launched all the same: the others have their turn, then the instances are listed again.
    case "throttled":
    case "conflict":
    case "transient":
    case "transport":
      await memory.settle(placement, { kind: "unknown" });
      return afterFault(context, target, failure);
    case "auth":
    case "config":
      await memory.settle(placement, { kind: "unknown" });
      return { kind: "refused", failure };
  }
}

function afterFault(context: LaunchContext, target: Pending, failure: OciFailure): AttemptEnd {
  const obstacle = describeAnswer(failure);
  if (context.signal.aborted) return failedByDeadline({ ...target, obstacle });
  const faults = target.faults + 1;
  if (faults >= FAULTS_MAX) return { kind: "refused", failure };
  return { kind: "pending", pending: { ...target, faults, obstacle } };
}

function launchToken(clusterId: string, { target, placement, earlier }: Attempt): string {
  return retryToken({
    clusterId,
    nodeName: target.nodeName,
    placement,
    newestEarlierInstanceOcid: earlier?.instanceOcid,
    attempt: target.attempt,
  });
}

function withNextToken(target: Pending, obstacle: string): Step {
  const attempt = target.attempt + 1;
  if (attempt < TOKEN_ATTEMPTS_MAX)
    return { kind: "pending", pending: { ...target, attempt, obstacle } };
  const reason = `no retry token was accepted: ${obstacle}`;
  return { kind: "failed", nodeName: target.nodeName, reason };
}

/** A refusal that no other placement mends, as the node's end. */
export function failedByRefusal(
  { nodeName, specification }: LaunchTarget,
  failure: OciFailure,
): Step {
  const { shape, availabilityDomains } = specification;
  const reason = `${shape} in ${availabilityDomains.join(", ")}: ${describeRefusal(failure)}`;
  return { kind: "failed", nodeName, reason };
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
