import type { Log } from "../domain/log.ts";
import { NO_RESUME_JOBS, type ResumeJobs } from "../domain/resume-jobs.ts";
import { readResumeFile, type ResumeFile } from "../slurm/resume-file.ts";

/** What Slurm said of the jobs when it called; undefined when a person did. Read it before anything else. */
export async function readResumeJobs(path: string | undefined): Promise<ResumeFile | undefined> {
  return path === undefined ? undefined : await readResumeFile(path);
}

/** A broken file is a warning: the nodes are launched all the same, only their jobs' users are not told of failures. */
export function jobsOrWarn(read: ResumeFile | undefined, log: Log): ResumeJobs {
  if (read === undefined) return NO_RESUME_JOBS;
  switch (read.kind) {
    case "read":
      return read.jobs;
    case "unreadable":
      log.warn("could not read the resume file", { reason: read.message });
      return NO_RESUME_JOBS;
  }
}
