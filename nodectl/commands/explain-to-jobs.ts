import type { FailedNode } from "../domain/failed-node.ts";
import { jobNotices, type JobNotice } from "../domain/job-notice.ts";
import { isOurText } from "../domain/reconcile/reasons.ts";
import type { NoticedJob } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import type { FailContext } from "./fail-nodes.ts";

/** Nobody watches more terminals; one call each. */
const TERMINALS_MAX = 100;

/**
 * Tells the users whose jobs lose a node: batch jobs by their AdminComment, srun and salloc at their terminal as well.
 * Best effort: that Slurm refuses it must not keep the nodes waiting. An AdminComment that somebody else wrote stays.
 */
export async function explainToJobs(
  context: FailContext,
  failures: readonly FailedNode[],
): Promise<void> {
  const { slurm, log, clock, resumeJobs, retryDelayMs } = context;
  const notices = jobNotices(failures, resumeJobs, clock.now() + retryDelayMs);
  if (notices.length === 0) return;
  try {
    const jobs = new Map(
      (await slurm.listJobs(notices.flatMap(({ jobIds }) => jobIds))).map((job) => [
        job.jobId,
        job,
      ]),
    );
    for (const notice of notices) await explain(context, notice, jobs);
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.warn("could not tell the users of jobs", { reason: error.message });
  }
}

async function explain(
  { slurm }: FailContext,
  { jobIds, text }: JobNotice,
  known: ReadonlyMap<number, NoticedJob>,
): Promise<void> {
  const jobs = jobIds.flatMap((jobId) => known.get(jobId) ?? []);
  const commentable = jobs.filter(
    ({ adminComment }) => adminComment === "" || isOurText(adminComment),
  );
  const terminals = jobs.filter(({ isInteractive }) => isInteractive).slice(0, TERMINALS_MAX);
  await slurm.setAdminComment(
    commentable.map(({ jobId }) => jobId),
    text,
  );
  for (const { jobId } of terminals) await slurm.notify(jobId, text);
}
