import type { ConfiguringJob } from "../slurm/control.ts";
import type { FinishContext } from "./finish-context.ts";

/** Most nodes of a cluster whose image has what it needs are up by then; nobody watches a terminal for longer. */
export const WAKING_WAIT_MS_MAX = 120_000;
const POLL_INTERVAL_MS = 2_000;
const JOBS_NAMED_MAX = 10;

export interface WakingJobs {
  /** Still waking when the deadline came; empty: a restart harms nobody. */
  readonly jobs: readonly ConfiguringJob[];
  /** True when time has passed, so that what was observed before may be no longer true. */
  readonly hasWaited: boolean;
}

/**
 * The jobs that a restart of slurmctld may harm while their nodes wake: batch jobs of several nodes lose
 * SLURM_NODE_ALIASES, and an srun or salloc that waits may crash (seen on 22.05.8). A batch job on one node does not
 * notice.
 */
export function jobsAtRisk(jobs: readonly ConfiguringJob[]): readonly ConfiguringJob[] {
  return jobs.filter(({ isBatch, nodeCount }) => !isBatch || nodeCount > 1);
}

/** Waits until a restart of slurmctld harms no job, up to a time of the context's clock. */
export async function awaitWakingJobs(
  { slurm, clock, progress }: Pick<FinishContext, "slurm" | "clock" | "progress">,
  deadlineMs: number,
): Promise<WakingJobs> {
  for (let hasWaited = false; ; hasWaited = true) {
    const jobs = jobsAtRisk(await slurm.configuringJobs());
    if (jobs.length === 0 || clock.now() >= deadlineMs) return { jobs, hasWaited };
    if (!hasWaited) {
      const seconds = Math.ceil((deadlineMs - clock.now()) / 1000);
      progress(
        `slurmctld must be restarted: waiting up to ${seconds} s for jobs whose nodes are waking: ${describeJobs(jobs)}`,
      );
    }
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

/** `12 (alice, 2 nodes), 14 (bob, 1 node)`. */
export function describeJobs(jobs: readonly ConfiguringJob[]): string {
  const named = jobs
    .slice(0, JOBS_NAMED_MAX)
    .map(
      ({ id, user, nodeCount }) =>
        `${id} (${user}, ${nodeCount} node${nodeCount === 1 ? "" : "s"})`,
    );
  const left = jobs.length - named.length;
  return [...named, ...(left > 0 ? [`and ${left} more`] : [])].join(", ");
}

/** What a restart does to them. */
export function describeHarm(jobs: readonly ConfiguringJob[]): string {
  return `slurmctld's restart may end the srun of jobs whose nodes are waking: ${describeJobs(jobs)}`;
}

/** Why nothing was done, what to watch, and how to go on all the same. */
export function describeRefusal(jobs: readonly ConfiguringJob[]): string {
  return [
    `slurmctld must be restarted to know other nodes, and jobs whose nodes are still waking could fail by it: ${describeJobs(jobs)}.`,
    "Nothing was changed. Watch them with `squeue --states=CONFIGURING`, and run finish again when they run;",
    "`finish --now` does not wait for them.",
  ].join("\n");
}
