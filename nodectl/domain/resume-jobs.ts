import { groupBy } from "./group-by.ts";

/** A job and the nodes of it that Slurm wakes now; nodes of the job that are up already are not among them. */
export interface ResumedJob {
  readonly jobId: number;
  readonly nodeNames: readonly string[];
}

/** For which jobs Slurm called startnode. */
export interface ResumeJobs {
  readonly jobs: readonly ResumedJob[];
  /** The jobs that wait for a node: several can share one. None for a node that somebody wakes by hand. */
  readonly jobsOf: (nodeName: string) => readonly ResumedJob[];
}

export function resumeJobs(jobs: readonly ResumedJob[]): ResumeJobs {
  const pairs = jobs.flatMap((job) => job.nodeNames.map((nodeName) => ({ nodeName, job })));
  const byNode = groupBy(pairs, ({ nodeName }) => nodeName);
  return { jobs, jobsOf: (nodeName) => (byNode.get(nodeName) ?? []).map(({ job }) => job) };
}

/** Of a run that no job is known to wait for: called by hand, or its resume file could not be read. */
export const NO_RESUME_JOBS: ResumeJobs = resumeJobs([]);
