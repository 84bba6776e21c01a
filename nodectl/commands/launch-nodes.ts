import pMap from "p-map";
import { groupBy } from "../domain/group-by.ts";
import {
  decideLaunch,
  newestOf,
  type LaunchDecision,
  type NodeUse,
} from "../domain/launch-decision.ts";
import { nodeUse, type NodeRecord } from "../domain/node-use.ts";
import { OciCallError } from "../oci/oci-errors.ts";
import type { Instance, OciFailure } from "../oci/provider.ts";
import { isPresent } from "./is-present.ts";
import { failedByDeadline, failedByRefusal, launchNode } from "./launch-node.ts";
import type { LaunchContext, LaunchResult, LaunchTarget, Pending, Step } from "./launch-target.ts";
import { recordsOrWarn } from "./node-records.ts";
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
  let pending: Pending[] = targets.map((target) => ({
    ...target,
    attempt: 0,
    faults: 0,
    obstacle: "",
  }));
  let delayMs = ROUND_DELAY_MS_MIN;
  while (pending.length > 0) {
    const next: Pending[] = [];
    await runRound(context, pending, (step) => {
      if (step.kind === "pending") next.push(step.pending);
      else onResult(step);
    });
    pending = next;
    if (pending.length === 0) return;
    if (!(await sleepUntilDeadline(context, delayMs))) {
      for (const target of pending) onResult(failedByDeadline(target));
      return;
    }
    delayMs = Math.min(delayMs * 2, ROUND_DELAY_MS_MAX);
  }
}

async function runRound(
  context: LaunchContext,
  pending: readonly Pending[],
  onStep: (step: Step) => void,
): Promise<void> {
  const listed = await listOrFailure(context);
  if (listed.kind === "failure") {
    for (const target of pending) onStep(failedByRefusal(target, listed.failure));
    return;
  }
  const byNode = groupBy(listed.instances, ({ nodeName }) => nodeName);
  const isAnyAlive = pending.some(({ nodeName }) => (byNode.get(nodeName) ?? []).some(isPresent));
  const records = isAnyAlive ? await recordsOrWarn(context) : new Map<string, NodeRecord>();
  // A refusal that concerns all launches of a kind ends them: a missing policy is not asked for 1,000 times.
  const refusals = new Map<string, OciFailure>();
  const useOf = (nodeName: string): NodeUse =>
    records === undefined ? UNKNOWN_USE : nodeUse(records.get(nodeName), context.isResumedNow);
  const stepOf = async (target: Pending): Promise<Step> => {
    const { nodeName, specification } = target;
    const ofNode = byNode.get(nodeName) ?? [];
    const decision = decideLaunch(specification, ofNode, useOf(nodeName));
    if (decision.kind !== "launch") return await clearTheWay(context, target, decision);
    const kind = kindOf(target);
    const common = refusals.get(kind);
    if (common !== undefined) return failedByRefusal(target, common);
    const step = await launchNode(context, target, newestOf(ofNode));
    if (step.kind !== "refused") return step;
    if (step.failure.class === "auth") refusals.set(kind, step.failure);
    return failedByRefusal(target, step.failure);
  };
  const { concurrency } = context;
  await pMap(
    pending,
    async (target) => {
      onStep(await stepOf(target));
    },
    { concurrency },
  );
}

/** Without Slurm's word a machine may be in use: it is left alone. */
const UNKNOWN_USE: NodeUse = { isInUse: true, lastBootTimeMs: 0, isResumedNow: false };

/** A 404 may mean a wrong image of this kind alone, so that the others are still tried. */
function kindOf({ specification }: LaunchTarget): string {
  const { shape, imageOcid = "", availabilityDomains } = specification;
  return [shape, imageOcid, ...availabilityDomains].join(" ");
}

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

async function clearTheWay(
  context: LaunchContext,
  target: Pending,
  decision: Exclude<LaunchDecision<Instance>, { kind: "launch" }>,
): Promise<Step> {
  const { nodeName } = target;
  switch (decision.kind) {
    case "adopt": {
      const { instance } = decision;
      context.log.info("adopted instance", { node: nodeName, instanceOcid: instance.instanceOcid });
      return { kind: "adopted", target, instance };
    }
    case "replace": {
      const { instances, reason } = decision;
      const ocids = instances.map(({ instanceOcid }) => instanceOcid).join(",");
      context.log.warn("replacing instance", { node: nodeName, instanceOcid: ocids, reason });
      const [refused] = await terminateInstances(context, instances);
      if (refused !== undefined) return failedByRefusal(target, refused.failure);
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
