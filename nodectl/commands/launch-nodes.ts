import pMap from "p-map";
import { groupBy } from "../domain/group-by.ts";
import {
  decideLaunch,
  newestOf,
  type LaunchDecision,
  type NodeUse,
} from "../domain/launch-decision.ts";
import { nodeUse, type NodeRecord } from "../domain/node-use.ts";
import { describeRefusal, OciCallError } from "../oci/oci-errors.ts";
import type { Instance, OciFailure } from "../oci/provider.ts";
import { SlurmCommandError } from "../slurm/slurm-command-error.ts";
import { isPresent, launchOnce } from "./launch-once.ts";
import type { LaunchContext, LaunchResult, LaunchTarget, Pending, Step } from "./launch-target.ts";
import { sleepUntilDeadline } from "./sleep-until-deadline.ts";
import { terminateInstances } from "./terminate-instances.ts";

const ROUND_DELAY_MS_MIN = 1_000;
const ROUND_DELAY_MS_MAX = 5_000;

/**
 * Brings every target to an accepted instance, or to a reason. Works in rounds, each of which lists the instances
 * once, decides for every node, and acts; nodes whose name is still held by a dying instance go to the next round.
 */
export async function launchNodes(
  context: LaunchContext,
  targets: readonly LaunchTarget[],
): Promise<LaunchResult[]> {
  const results: LaunchResult[] = [];
  let pending: Pending[] = targets.map((target) => ({ ...target, attempt: 0, obstacle: "" }));
  let delayMs = ROUND_DELAY_MS_MIN;
  while (pending.length > 0) {
    const steps = await runRound(context, pending);
    pending = steps.flatMap((step) => (step.kind === "pending" ? [step.pending] : []));
    results.push(...steps.filter((step) => step.kind !== "pending"));
    if (pending.length === 0) break;
    if (!(await sleepUntilDeadline(context, delayMs))) {
      return [...results, ...pending.map(failedByDeadline)];
    }
    delayMs = Math.min(delayMs * 2, ROUND_DELAY_MS_MAX);
  }
  return results;
}

function failedByDeadline({ nodeName, obstacle }: Pending): LaunchResult {
  return { kind: "failed", nodeName, reason: `the run's time was up: ${obstacle}` };
}

async function runRound(context: LaunchContext, pending: readonly Pending[]): Promise<Step[]> {
  const listed = await listOrFailure(context);
  if (listed.kind === "failure") return pending.map((target) => failed(target, listed.failure));
  const byNode = groupBy(listed.instances, ({ nodeName }) => nodeName);
  const isAnyAlive = pending.some(({ nodeName }) => (byNode.get(nodeName) ?? []).some(isPresent));
  const records = isAnyAlive ? await recordsOrWarn(context) : new Map<string, NodeRecord>();
  // A refusal that concerns all launches of a kind ends them: a missing policy is not asked for 1,000 times.
  const refusals = new Map<string, OciFailure>();
  const useOf = (nodeName: string): NodeUse =>
    records === undefined ? UNKNOWN_USE : nodeUse(records.get(nodeName), context.isResumedNow);
  return await pMap(
    pending,
    async (target): Promise<Step> => {
      const { nodeName, specification } = target;
      const ofNode = byNode.get(nodeName) ?? [];
      const decision = decideLaunch(specification, ofNode, useOf(nodeName));
      if (decision.kind !== "launch") return await clearTheWay(context, target, decision);
      if (context.signal.aborted) return failedByDeadline({ ...target, obstacle: NOT_TRIED });
      const kind = kindOf(target);
      const common = refusals.get(kind);
      if (common !== undefined) return failed(target, common);
      const step = await launchOnce(context, target, newestOf(ofNode));
      if (step.kind === "refused") {
        if (step.failure.class === "auth") refusals.set(kind, step.failure);
        return failed(target, step.failure);
      }
      return step;
    },
    { concurrency: context.concurrency },
  );
}

/** Without Slurm's word a machine may be in use: it is left alone. */
const UNKNOWN_USE: NodeUse = { isInUse: true, lastBootTimeMs: 0, isResumedNow: false };

async function recordsOrWarn({
  nodeRecords,
  log,
}: LaunchContext): Promise<ReadonlyMap<string, NodeRecord> | undefined> {
  try {
    return await nodeRecords();
  } catch (error) {
    if (!(error instanceof SlurmCommandError)) throw error;
    log.error("could not ask Slurm for its nodes", { reason: error.message });
    return undefined;
  }
}

const NOT_TRIED = "other launches took all of it";

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

function failed({ nodeName, specification }: LaunchTarget, failure: OciFailure): LaunchResult {
  const { shape, availabilityDomains } = specification;
  const reason = `${shape} in ${availabilityDomains.join(", ")}: ${describeRefusal(failure)}`;
  return { kind: "failed", nodeName, reason };
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
      return { kind: "adopted", nodeName, instance };
    }
    case "replace": {
      const { instances, reason } = decision;
      const ocids = instances.map(({ instanceOcid }) => instanceOcid).join(",");
      context.log.warn("replacing instance", { node: nodeName, instanceOcid: ocids, reason });
      const [refused] = await terminateInstances(context, instances);
      if (refused !== undefined) return failed(target, refused.failure);
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
