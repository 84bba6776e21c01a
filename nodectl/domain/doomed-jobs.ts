import type { ResumeJobs } from "./resume-jobs.ts";

/**
 * The jobs of one resume that cannot be completed any more, because one of their nodes is not to be had. Launching the
 * rest of their nodes would cost money for a job that has been requeued already.
 */
export class DoomedJobs {
  readonly #resumeJobs: ResumeJobs;
  /** Job id -> the node that failed it. */
  readonly #doomed = new Map<number, string>();

  constructor(resumeJobs: ResumeJobs) {
    this.#resumeJobs = resumeJobs;
  }

  /** No machine is to be had for this node. */
  nodeFailed(nodeName: string): void {
    for (const { jobId } of this.#resumeJobs.jobsOf(nodeName)) this.#doomed.set(jobId, nodeName);
  }

  /** Why a node is not needed any more; undefined while a job, or a person who woke it by hand, counts on it. */
  whyNotNeeded(nodeName: string): string | undefined {
    const jobs = this.#resumeJobs.jobsOf(nodeName);
    const [first] = jobs;
    if (first === undefined || !jobs.every(({ jobId }) => this.#doomed.has(jobId)))
      return undefined;
    const culprit = this.#doomed.get(first.jobId) ?? "";
    return `job ${first.jobId} cannot run without ${culprit}`;
  }
}
