import { isOurText } from "../domain/reconcile/reasons.ts";
import type { JobNotices, NoticedJob } from "../slurm/control.ts";

/** Nobody watches more terminals; one call each. */
const TERMINALS_MAX = 100;

/**
 * Tells the users of the jobs: by AdminComment, and srun and salloc at their terminal as well. An AdminComment that somebody
 * else wrote stays.
 * @throws SlurmCommandError
 */
export async function tellUsers(
  slurm: Pick<JobNotices, "setAdminComment" | "notify">,
  jobs: readonly NoticedJob[],
  text: string,
): Promise<void> {
  const commentable = jobs.filter(
    ({ adminComment }) => adminComment === "" || isOurText(adminComment),
  );
  await slurm.setAdminComment(
    commentable.map(({ jobId }) => jobId),
    text,
  );
  const terminals = jobs.filter(({ isInteractive }) => isInteractive).slice(0, TERMINALS_MAX);
  for (const { jobId } of terminals) await slurm.notify(jobId, text);
}
