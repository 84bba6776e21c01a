import { isAsSpecified, rankPlacements, shapeLabel, type Placement } from "../domain/placement.ts";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import {
  describePlacement,
  describeRefusedPlacements,
  nextTryMs,
  type RefusedPlacement,
} from "../domain/refused-placements.ts";
import { retryToken } from "../domain/retry-token.ts";
import { describeAnswer, describeRefusal } from "../oci/oci-errors.ts";
import type { Instance, OciFailure } from "../oci/provider.ts";
import type { Prospect } from "./capacity-memory.ts";
import type { LaunchContext, LaunchResult, Pending, RoundContext, Step } from "./launch-target.ts";
import { LaunchingPausedError, PAUSE_RETRY_MS } from "./pause-watch.ts";
import type { RefusedOffer } from "./refused-offers.ts";
import { isSettledWithin } from "./sleep-until-deadline.ts";

/** Tokens that OCI may call spent before a node is given up: each needs an instance that has just died. */
const TOKEN_ATTEMPTS_MAX = 5;
/** Rounds of attempts that may end with a fault before an availability domain is given up; the next ones have one. */
const FAULTS_MAX = 3;
/**
 * How long the nodes that wait for a placement's probe keep their turns: an answer takes a second, but without one
 * the probe lasts minutes, and nodes of other shapes must not wait behind them.
 */
const PROBE_WAIT_MS = 5_000;
/** How often a node waits for another that finds out about a placement: three fault domains and some to spare. */
const LOOKS_MAX = 20;

/** Goes through a node's placements, best first, until one gives an instance or none is left. */
export async function launchNode(
  context: RoundContext,
  target: Pending,
  earlier: Instance | undefined,
): Promise<Step> {
  const { nodeName, specification, faulty } = target;
  const refused = new Set<RefusedPlacement>(faulty);
  for (const placement of rankPlacements(nodeName, specification)) {
    if (isInFaultyDomain(placement, faulty)) continue;
    const offer = context.refusedOffers.of(specification, placement);
    const attempt =
      offer === undefined
        ? await tryPlacement(context, { target, placement, earlier })
        : ({ kind: "refused", refused: offer } as const);
    switch (attempt.kind) {
      case "no-machine":
        refused.add(attempt.refused);
        break;
      case "refused":
        if (isAsSpecified(placement, specification))
          return failedByRefusal(nodeName, attempt.refused, refused);
        refused.add(attempt.refused);
        break;
      case "no-time":
        if (attempt.refused !== undefined) refused.add(attempt.refused);
        return failedByDeadline(context, target, refused);
      case "launched":
      case "adopted":
      case "failed":
      case "abandoned":
      case "pending":
        return attempt;
    }
  }
  return failed(nodeName, describeRefusedPlacements(refused), nextTryMs(refused));
}

function isInFaultyDomain(placement: Placement, faulty: readonly RefusedPlacement[]): boolean {
  const { availabilityDomain } = placement;
  return faulty.some((it) => it.placement.availabilityDomain === availabilityDomain);
}

const NOT_TRIED = "other launches took all of it";

/**
 * Nothing is launched any more: an admin has paused launching, or the time for launches is up; then what OCI has said to
 * the node before says more than that.
 */
export function failedByDeadline(
  { launchSeconds, launchSignal, clock }: LaunchContext,
  { nodeName, obstacle }: Pending,
  refused: ReadonlySet<RefusedPlacement> = new Set(),
): LaunchResult {
  const why: unknown = launchSignal.reason;
  if (why instanceof LaunchingPausedError)
    return failed(nodeName, why.message, clock.now() + PAUSE_RETRY_MS);
  const words = refused.size > 0 ? describeRefusedPlacements(refused) : obstacle || NOT_TRIED;
  const reason = `the run's time was up after ${Math.round(launchSeconds)} s (run_deadline_seconds): ${words}`;
  return failed(nodeName, reason, nextTryMs(refused));
}

/** What OCI refuses as it stands, and no other placement is meant to mend, as the node's end. */
function failedByRefusal(
  nodeName: string,
  { placement, failure }: RefusedOffer,
  before: ReadonlySet<RefusedPlacement>,
): LaunchResult {
  const others = before.size === 0 ? "" : ` Before: ${describeRefusedPlacements(before)}`;
  const reason = `${describePlacement(placement)}: ${describeRefusal(failure)}${others}`;
  return failed(nodeName, reason, nextTryMs(before));
}

function failed(nodeName: string, reason: string, retryAtMs: number | undefined): LaunchResult {
  const result = { kind: "failed", nodeName, reason } as const;
  return retryAtMs === undefined ? result : { ...result, retryAtMs };
}

type PlacementEnd =
  | Step
  /** OCI has no machine there. */
  | { readonly kind: "no-machine"; readonly refused: RefusedPlacement }
  /** OCI refuses in a way that no other place mends. */
  | { readonly kind: "refused"; readonly refused: RefusedOffer }
  /** Nothing is launched any more; with what was said last. */
  | { readonly kind: "no-time"; readonly refused?: RefusedPlacement };

async function tryPlacement(context: RoundContext, attempt: Attempt): Promise<PlacementEnd> {
  const { memory, doomedJobs, launchSignal } = context;
  const { target, placement } = attempt;
  const { nodeName } = target;
  const prospect = await lookUntilSettled(context, attempt);
  if (prospect.kind === "closed")
    return { kind: "no-machine", refused: { placement, ...prospect } };
  if (prospect.kind === "in-doubt") {
    const obstacle = `${describePlacement(placement)} had not answered another node's launch`;
    return { kind: "pending", pending: { ...target, obstacle } };
  }
  const unneeded = doomedJobs.whyNotNeeded(nodeName);
  if (unneeded === undefined && !launchSignal.aborted) return await launchAt(context, attempt);
  await memory.settle(placement, { kind: "unknown" });
  return unneeded === undefined
    ? { kind: "no-time" }
    : { kind: "abandoned", nodeName, reason: unneeded };
}

/** Whether to try, when need be after another node has found out; in doubt when that takes long. */
async function lookUntilSettled(
  { memory, clock }: LaunchContext,
  { placement, target: { nodeName, specification } }: Attempt,
): Promise<Prospect> {
  for (let look = 0; ; look++) {
    const prospect = await memory.look(placement, nodeName, specification.imageOcid);
    if (prospect.kind !== "in-doubt" || look >= LOOKS_MAX) return prospect;
    const leftMs = prospect.sinceMs + PROBE_WAIT_MS - clock.now();
    if (leftMs <= 0 || !(await isSettledWithin(clock, prospect.settled, leftMs))) return prospect;
  }
}

interface Attempt {
  readonly target: Pending;
  readonly placement: Placement;
  readonly earlier: Instance | undefined;
}

/** One LaunchInstance for one node in one placement, and what its answer means. */
async function launchAt(context: RoundContext, attempt: Attempt): Promise<PlacementEnd> {
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
  const isThere = isLiving(instance);
  await memory.settle(placement, isThere ? { kind: "accepted", nodeName } : { kind: "unknown" });
  if (!isThere) {
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
  context: RoundContext,
  { target, placement }: Attempt,
  failure: OciFailure,
): Promise<PlacementEnd> {
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
      return afterFault(context, { target, placement }, failure);
    case "auth":
    case "config":
      await memory.settle(placement, { kind: "unknown" });
      return {
        kind: "refused",
        refused: refusedAsItStands(context, { target, placement }, failure),
      };
  }
}

/** A request that is refused may be a single node's, unless it is for what nobody has to have. */
function refusedAsItStands(
  { refusedOffers }: RoundContext,
  { target: { specification }, placement }: Pick<Attempt, "target" | "placement">,
  failure: OciFailure,
): RefusedOffer {
  const refused = { placement, message: describeAnswer(failure), failure };
  if (failure.class === "auth" || !isAsSpecified(placement, specification))
    refusedOffers.add(specification, refused);
  return refused;
}

/** The next round lists the instances first: the launch may have gone well, and the answer been lost. */
function afterFault(
  context: LaunchContext,
  { target, placement }: Pick<Attempt, "target" | "placement">,
  failure: OciFailure,
): PlacementEnd {
  const message = describeAnswer(failure);
  if (context.launchSignal.aborted) return { kind: "no-time", refused: { placement, message } };
  const faults = target.faults + 1;
  const pending = { ...target, obstacle: message };
  if (faults < FAULTS_MAX) return { kind: "pending", pending: { ...pending, faults } };
  const faulty = [...target.faulty, { placement, message }];
  return { kind: "pending", pending: { ...pending, faulty } };
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

function failureFields({ status, code, message, opcRequestId, ...failure }: OciFailure): {
  class: string;
  reason: string;
  status?: number;
  code?: string;
  opcRequestId?: string;
} {
  return {
    class: failure.class,
    reason: message,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(opcRequestId !== undefined && { opcRequestId }),
  };
}
