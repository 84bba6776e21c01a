import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { describeAnswer, OciCallError } from "../oci/oci-errors.ts";
import type { LaunchEnd, LaunchInquiry } from "../oci/provider.ts";
import type { CapacityMemory } from "./capacity-memory.ts";
import type { LaunchResult } from "./launch-target.ts";

export interface EndContext {
  readonly launches: LaunchInquiry;
  readonly memory: CapacityMemory;
  readonly clock: Clock;
  readonly log: Log;
}

/** An instance may be TERMINATING before its work request has FAILED: seconds, if anything. */
const LOOKS_MAX = 5;
const LOOK_DELAY_MS = 2_000;

export interface ExplainedEnd {
  /** Another launch may go better. */
  readonly isWorthAnother: boolean;
  readonly reason: string;
}

/**
 * Why an accepted instance ended before it had power. The launch's work request tells what OCI would have refused
 * the launch with; when it did not fail, somebody has terminated the instance, and launching another would be against
 * his will.
 */
export async function explainEnd(
  context: EndContext,
  accepted: Extract<LaunchResult, { kind: "launched" | "adopted" }>,
): Promise<ExplainedEnd> {
  const { instanceOcid } = accepted.instance;
  const { nodeName } = accepted.target;
  const end = await askForEnd(context, accepted);
  if (end?.kind !== "failed") {
    const reason = `its instance ended while it booted (${instanceOcid})`;
    context.log.warn("instance ended", { node: nodeName, instanceOcid, reason });
    return { isWorthAnother: false, reason };
  }
  const { failure } = end;
  const message = describeAnswer(failure);
  const reason = `OCI accepted the launch and then gave it up: ${message} (${instanceOcid})`;
  context.log.warn("launch failed after it was accepted", { node: nodeName, instanceOcid, reason });
  if (accepted.kind === "launched" && (failure.class === "capacity" || failure.class === "limit"))
    await context.memory.settle(accepted.placement, { kind: failure.class, message });
  return { isWorthAnother: failure.class !== "config" && failure.class !== "auth", reason };
}

/** Undefined: there is nothing to ask, or no answer. */
async function askForEnd(
  { launches, clock, log }: EndContext,
  accepted: Extract<LaunchResult, { kind: "launched" | "adopted" }>,
): Promise<LaunchEnd | undefined> {
  if (accepted.kind === "adopted" || accepted.workRequestOcid === undefined) return undefined;
  try {
    for (let look = 1; ; look++) {
      const end = await launches.explainLaunch(accepted.workRequestOcid);
      if (end.kind !== "going-on" || look >= LOOKS_MAX) return end;
      await clock.sleep(LOOK_DELAY_MS);
    }
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    log.error("could not ask how a launch ended", { reason: error.message });
    return undefined;
  }
}
