import type { FailedNode } from "../domain/failed-node.ts";
import { jobNotices } from "../domain/job-notice.ts";
import type { FailContext } from "./fail-nodes.ts";
import { tellUsers } from "./tell-users.ts";

/** Tells the users whose jobs lose a node what each of their jobs lost it for. */
export async function explainToJobs(
  context: FailContext,
  failures: readonly FailedNode[],
): Promise<void> {
  const { slurm, clock, resumeJobs, retryDelayMs } = context;
  const notices = jobNotices(failures, resumeJobs, clock.now() + retryDelayMs);
  if (notices.length === 0) return;
  await tellUsers(context, async () => {
    const listed = await slurm.listJobs(notices.flatMap(({ jobIds }) => jobIds));
    const jobs = new Map(listed.map((job) => [job.jobId, job]));
    return notices.map(({ jobIds, text }) => ({
      jobs: jobIds.flatMap((jobId) => jobs.get(jobId) ?? []),
      text,
    }));
  });
}
