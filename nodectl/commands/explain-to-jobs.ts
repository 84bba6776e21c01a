import type { FailedNode } from "../domain/failed-node.ts";
import { jobNotices } from "../domain/job-notice.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import type { FailContext } from "./fail-nodes.ts";
import { tellUsers } from "./tell-users.ts";

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
    for (const { jobIds, text } of notices)
      await tellUsers(
        slurm,
        jobIds.flatMap((jobId) => jobs.get(jobId) ?? []),
        text,
      );
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.warn("could not tell the users of jobs", { reason: error.message });
  }
}
