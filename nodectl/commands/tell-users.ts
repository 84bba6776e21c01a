import type { Log } from "../domain/log.ts";
import { isOurText } from "../domain/reconcile/reasons.ts";
import type { JobNotices, NoticedJob } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

/** Nobody watches more terminals; one call each. */
const TERMINALS_MAX = 100;

export interface TellContext {
  readonly slurm: Pick<JobNotices, "setAdminComment" | "notify">;
  readonly log: Log;
}

/** Some jobs, and one sentence for their users. */
export interface Telling {
  readonly jobs: readonly NoticedJob[];
  readonly text: string;
}

/**
 * Tells the users whose jobs lose a node, before the jobs are requeued or end: by AdminComment, and srun and salloc at their
 * terminal as well. Best effort: that Slurm refuses it keeps no node waiting. An AdminComment that somebody else wrote stays.
 */
export async function tellUsers(
  { slurm, log }: TellContext,
  find: () => Promise<readonly Telling[]>,
): Promise<void> {
  try {
    for (const telling of await find()) await tell(slurm, telling);
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.warn("could not tell the users of jobs", { reason: error.message });
  }
}

async function tell(slurm: TellContext["slurm"], { jobs, text }: Telling): Promise<void> {
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
