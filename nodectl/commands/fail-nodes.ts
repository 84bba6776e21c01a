import type { Clock } from "../domain/clock.ts";
import {
  failureReason,
  retryTimeOf,
  startnodeText,
  type FailedNode,
} from "../domain/failed-node.ts";
import { groupBy } from "../domain/group-by.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { Log } from "../domain/log.ts";
import type { ResumeJobs } from "../domain/resume-jobs.ts";
import type { DownOptions, FailureControl, JobNotices, SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import { explainToJobs } from "./explain-to-jobs.ts";

export interface FailContext {
  readonly slurm: Pick<SlurmControl, "listNodes" | "setDown"> & FailureControl & JobNotices;
  readonly resumeJobs: ResumeJobs;
  /** How long a node stays DOWN when its failure says nothing of a next try. */
  readonly retryDelayMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Tells Slurm that no machine comes for these nodes: it requeues their jobs now and not at ResumeTimeout. The users are
 * told first, because an srun ends with its node. Only nodes that Slurm is waking: a failed start by hand must not take
 * a node away. Each stays DOWN until its next try; stopnode, which Slurm calls for it now, sees to that
 * (tend-nodes.ts). Safe to repeat. Never throws for what Slurm refuses: it is in the log, and ResumeTimeout tells
 * Slurm in the end.
 */
export async function failNodes(
  context: FailContext,
  failures: readonly FailedNode[],
): Promise<void> {
  const { clock, log, retryDelayMs } = context;
  for (const { nodeName, reason } of failures)
    log.error("could not start node", { node: nodeName, reason });
  await giveUp(context, failures, async (waking) => {
    await explainToJobs(context, waking);
    const now = clock.now();
    return groupBy(waking, ({ reason, retryAtMs = now + retryDelayMs }) =>
      failureReason(reason, retryAtMs),
    );
  });
}

/**
 * Gives back nodes that Slurm is waking for a job that cannot have all of its nodes, and for which nothing was launched.
 * They are idle again after SuspendTimeout, and not at ResumeTimeout. DOWN for a moment, so that no other job is given
 * a node that nobody starts; that moment also ends the power-up, which POWER_DOWN_FORCE alone did not on all releases.
 */
export async function abandonNodes(
  context: FailContext,
  nodes: readonly Pick<FailedNode, "nodeName" | "reason">[],
): Promise<void> {
  await giveUp(context, nodes, (waking) =>
    Promise.resolve(groupBy(waking, ({ reason }) => startnodeText(reason))),
  );
}

type Named = Pick<FailedNode, "nodeName">;

/** Sets those of the nodes that Slurm is waking DOWN, each group with its reason, and has them powered down. */
async function giveUp<Node extends Named>(
  context: FailContext,
  nodes: readonly Node[],
  byReason: (waking: readonly Node[]) => Promise<ReadonlyMap<string, readonly Node[]>>,
): Promise<void> {
  if (nodes.length === 0) return;
  const { slurm, clock, log } = context;
  try {
    const waking = await wakingOf(context, nodes);
    if (waking.length === 0) return;
    for (const [reason, group] of await byReason(waking)) {
      const names = group.map(({ nodeName }) => nodeName);
      const options = { hasNoMachine: true, ...resumeAfter(retryTimeOf(reason), clock.now()) };
      const isDone = await isTaken(log, slurm.setDown(names, reason, options));
      if (isDone) log.warn("set nodes down", { nodes: compressHostlist(names), reason });
    }
    await isTaken(log, slurm.powerDownByForce(waking.map(({ nodeName }) => nodeName)));
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.error("could not set nodes down", { reason: error.message });
  }
}

/** A node that Slurm refuses (a finish has removed it) must not keep the others from being told. */
async function isTaken(log: Log, update: Promise<void>): Promise<boolean> {
  try {
    await update;
    return true;
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.error("Slurm refused an update", { reason: error.message });
    return false;
  }
}

/** For the case that the power-down, which takes this back, does not come. */
function resumeAfter(retryAtMs: number | undefined, nowMs: number): DownOptions {
  return retryAtMs === undefined ? {} : { resumeAfterSeconds: (retryAtMs - nowMs) / 1000 };
}

async function wakingOf<Node extends Named>(
  { slurm }: FailContext,
  nodes: readonly Node[],
): Promise<readonly Node[]> {
  const records = await slurm.listNodes();
  const waking = new Set(
    records.filter(({ flags }) => flags.has("POWERING_UP")).map(({ name }) => name),
  );
  return nodes.filter(({ nodeName }) => waking.has(nodeName));
}
