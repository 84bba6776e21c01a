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
import { isSlurmError, NodeUpdateError } from "../slurm/slurm-command-error.ts";
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
    log.error("could not start node", { node: nodeName, reason, ...jobsOf(context, nodeName) });
  await giveUp(context, failures, async (waking) => {
    await explainToJobs(context, waking);
    const now = clock.now();
    return groupBy(waking, ({ reason, retryAtMs = now + retryDelayMs }) =>
      failureReason(reason, retryAtMs),
    );
  });
}

/** More jobs than this do not share a node's start. */
const JOBS_LOGGED_MAX = 20;

/** For `citc explain JOBID`: when the job is requeued, Slurm forgets which nodes it had. */
function jobsOf({ resumeJobs }: FailContext, nodeName: string): { readonly jobs?: string } {
  const ids = resumeJobs.jobsOf(nodeName).map(({ jobId }) => jobId);
  return ids.length === 0 ? {} : { jobs: ids.slice(0, JOBS_LOGGED_MAX).join(",") };
}

/**
 * Gives back nodes that Slurm is waking for a job that cannot have all of its nodes, and for which nothing was launched.
 * They are idle again after SuspendTimeout, and not at ResumeTimeout. DOWN for a moment, so that no other job is given
 * a node that nobody starts; that moment also ends the power-up, which POWER_DOWN_FORCE alone did not on all releases.
 * One whose power-down Slurm refuses stays DOWN until `citc reconcile` powers it down (rule down-while-waking), because its
 * reason names no next try.
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
    const down: string[] = [];
    for (const [reason, group] of await byReason(waking)) {
      const names = group.map(({ nodeName }) => nodeName);
      const options = { hasNoMachine: true, ...resumeAfter(retryTimeOf(reason), clock.now()) };
      const taken = await takenOf(log, names, {
        done: slurm.setDown(names, reason, options),
        refusal: "Slurm refused to set nodes down: they wait for ResumeTimeout",
      });
      if (taken.length > 0) log.warn("set nodes down", { nodes: compressHostlist(taken), reason });
      down.push(...taken);
    }
    // No others: a node that is powered down by force alone is open at once, and asked for again.
    if (down.length === 0) return;
    await takenOf(log, down, {
      done: slurm.powerDownByForce(down),
      refusal: "Slurm refused to power nodes down: they stay DOWN until ResumeTimeout",
    });
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    const names = nodes.map(({ nodeName }) => nodeName);
    log.error("could not ask Slurm for its nodes: those that failed wait for ResumeTimeout", {
      nodes: compressHostlist(names),
      reason: error.message,
    });
  }
}

interface Update {
  readonly done: Promise<void>;
  /** What to say, and what follows, when Slurm does not take it. */
  readonly refusal: string;
}

/** The nodes that were updated: one that Slurm refuses (a finish has removed it) must not cost the others. */
async function takenOf(
  log: Log,
  names: readonly string[],
  { done, refusal }: Update,
): Promise<readonly string[]> {
  try {
    await done;
    return names;
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    const refused = error instanceof NodeUpdateError ? error.nodeNames : names;
    log.error(refusal, { nodes: compressHostlist(refused), reason: error.message });
    return names.filter((name) => !refused.includes(name));
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
