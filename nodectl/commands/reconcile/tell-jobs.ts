import type { Log } from "../../domain/log.ts";
import type { JobNotices, NodeJobs } from "../../slurm/control.ts";
import { isSlurmError } from "../../slurm/slurm-command-error.ts";
import { tellUsers } from "../tell-users.ts";

export interface TellContext {
  readonly slurm: NodeJobs & Pick<JobNotices, "setAdminComment" | "notify">;
  readonly log: Log;
}

/**
 * Tells the users whose jobs lose a node with these: by AdminComment, and srun and salloc at their terminal, before the job is requeued
 * or ends. Best effort: that Slurm refuses it keeps no node waiting. An AdminComment that somebody else wrote stays.
 */
export async function tellJobs(
  { slurm, log }: TellContext,
  nodeNames: readonly string[],
  text: string,
): Promise<void> {
  try {
    const jobs = await slurm.jobsOnNodes(nodeNames);
    await tellUsers(slurm, jobs, text);
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.warn("could not tell the users of jobs", { reason: error.message });
  }
}
