import pMap from "p-map";
import { groupBy } from "../domain/group-by.ts";
import {
  decideLaunch,
  newestOf,
  type LaunchDecision,
  type NodeUse,
} from "../domain/launch-decision.ts";
import { nodeUse, type NodeRecord } from "../domain/node-use.ts";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import { describeRefusal, OciCallError } from "../oci/oci-errors.ts";
import type { Instance, OciFailure } from "../oci/provider.ts";
import { failedByDeadline, launchNode } from "./launch-node.ts";
import type {
  LaunchContext,
  LaunchResult,
  LaunchTarget,
  Pending,
  RoundContext,
  Step,
} from "./launch-target.ts";
import { recordsOrWarn } from "./node-records.ts";
import { isPaused } from "./pause-watch.ts";
import { RefusedOffers } from "./refused-offers.ts";
import { sleepUntilDeadline } from "./sleep-until-deadline.ts";
import { terminateInstances } from "./terminate-instances.ts";

const ROUND_DELAY_MS_MIN = 1_000;
const ROUND_DELAY_MS_MAX = 5_000;

/**
 * Brings every target to an accepted instance, or to a reason. Works in rounds, each of which lists the instances
 * once, decides for every node, and acts; nodes whose name is still held by a dying instance go to the next round.
 * Each result is told at once: an instance's address and a failed node's jobs must not wait for a thousand others.
 */
export async function launchNodes(
  context: LaunchContext,
  targets: readonly LaunchTarget[],
  onResult: (result: LaunchResult) => void,
): Promise<void> {
  let pending: readonly Pending[] = targets.map((target) => ({
    ...target,
    attempt: 0,
    faults: 0,
    faulty: [],
    obstacle: "",
  }));
  const { clock, launchSignal: signal } = context;
  const refusedOffers = new RefusedOffers();
  let olderOcids: ReadonlySet<string> | undefined;
  let delayMs = ROUND_DELAY_MS_MIN;
  while (pending.length > 0) {
    const listed = await listOrFailure(context);
    if (listed.kind === "failure") {
      for (const target of pending) onResult(failedBy(target, listed.failure));
      return;
    }
    const { instances } = listed;
    olderOcids ??= new Set(instances.map(({ instanceOcid }) => instanceOcid));
    const round = { ...context, refusedOffers, olderOcids };
    pending = await runRound(round, { pending, instances }, onResult);
    if (pending.length === 0) return;
    if (!(await sleepUntilDeadline({ clock, signal }, delayMs))) {
      for (const target of pending) onResult(failedByDeadline(context, target));
      return;
    }
    delayMs = Math.min(delayMs * 2, ROUND_DELAY_MS_MAX);
  }
}

interface Round {
  readonly pending: readonly Pending[];
  readonly instances: readonly Instance[];
}

/** Returns whoever needs another round. */
async function runRound(
  context: RoundContext,
  { pending, instances }: Round,
  onResult: (result: LaunchResult) => void,
): Promise<readonly Pending[]> {
  const byNode = groupBy(instances, ({ nodeName }) => nodeName);
  const isAnyAlive = pending.some(({ nodeName }) => (byNode.get(nodeName) ?? []).some(isLiving));
  const records = isAnyAlive ? await recordsOrWarn(context) : new Map<string, NodeRecord>();
  const useOf = (target: Pending, ofNode: readonly Instance[]): NodeUse => {
    if (records === undefined) return UNKNOWN_USE;
    const older = ofNode.filter((instance) => !isOfThisRun(context, target, instance));
    const ocids = older.map(({ instanceOcid }) => instanceOcid);
    return nodeUse(records.get(target.nodeName), new Set(context.isResumedNow ? ocids : []));
  };
  const next: Pending[] = [];
  const { concurrency } = context;
  await pMap(
    pending,
    async (target) => {
      const ofNode = byNode.get(target.nodeName) ?? [];
      const decision = decideLaunch(target.specification, ofNode, useOf(target, ofNode));
      const step = await stepOf(context, { target, ofNode, decision });
      if (step.kind === "pending") next.push(step.pending);
      else onResult(step);
    },
    { concurrency },
  );
  return next;
}

interface Decided {
  readonly target: Pending;
  readonly ofNode: readonly Instance[];
  readonly decision: LaunchDecision<Instance>;
}

async function stepOf(context: RoundContext, { target, ofNode, decision }: Decided): Promise<Step> {
  if (decision.kind !== "launch") return await clearTheWay(context, target, decision);
  // Before the job's other nodes are looked at: all of them wait for the end of a pause, none is given to another job.
  if (isPaused(context.launchSignal)) return failedByDeadline(context, target);
  return await launchNode(context, target, newestOf(ofNode));
}

/** A launch of this run whose answer was lost. A list may be late as well, so that not being on the first one is not enough. */
function isOfThisRun(
  { olderOcids }: RoundContext,
  { faults }: Pending,
  { instanceOcid }: Instance,
): boolean {
  return faults > 0 && !olderOcids.has(instanceOcid);
}

/** Without Slurm's word a machine may be in use: it is left alone. */
const UNKNOWN_USE: NodeUse = { isInUse: true, lastBootTimeMs: 0, olderOcids: new Set() };

type Listed =
  | { readonly kind: "instances"; readonly instances: readonly Instance[] }
  | { readonly kind: "failure"; readonly failure: OciFailure };

/** Without the list nothing may be launched: it could be a second machine. So its failure is every node's. */
async function listOrFailure({ instances }: LaunchContext): Promise<Listed> {
  try {
    return { kind: "instances", instances: await instances.listInstances() };
  } catch (error) {
    if (error instanceof OciCallError) return { kind: "failure", failure: error.failure };
    throw error;
  }
}

/** What OCI says of a list or a termination ends the node: another placement would not mend it. */
function failedBy({ nodeName }: LaunchTarget, failure: OciFailure): LaunchResult {
  return { kind: "failed", nodeName, reason: describeRefusal(failure) };
}

async function clearTheWay(
  context: RoundContext,
  target: Pending,
  decision: Exclude<LaunchDecision<Instance>, { kind: "launch" }>,
): Promise<Step> {
  const { nodeName } = target;
  switch (decision.kind) {
    case "adopt": {
      const { instance } = decision;
      context.log.info("adopted instance", { node: nodeName, instanceOcid: instance.instanceOcid });
      const isNew = isOfThisRun(context, target, instance);
      return { kind: "adopted", target, instance, isNew };
    }
    case "replace": {
      const { instances, reason } = decision;
      const ocids = instances.map(({ instanceOcid }) => instanceOcid).join(",");
      context.log.warn("replacing instance", { node: nodeName, instanceOcid: ocids, reason });
      const [refused] = await terminateInstances(context, instances);
      if (refused !== undefined) return failedBy(target, refused.failure);
      return waiting(
        target,
        `its name was held by ${ocids}, which was terminated because ${reason}`,
      );
    }
    case "wait": {
      const ocids = decision.instances.map(({ instanceOcid }) => instanceOcid).join(",");
      return waiting(target, `its name is still held by ${ocids}, which is TERMINATING`);
    }
  }
}

function waiting(target: Pending, obstacle: string): Step {
  return { kind: "pending", pending: { ...target, obstacle } };
}
