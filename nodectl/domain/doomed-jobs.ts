/** A job that Slurm wakes nodes for. */
export interface WakingJob {
  readonly jobId: number;
  /** The nodes that it waits for. */
  readonly nodeNames: readonly string[];
}

/**
 * The jobs of one resume that cannot be completed any more, because one of their nodes is not to be had. Launching the
 * rest of their nodes would cost money for a job that has been requeued already.
 */
export class DoomedJobs {
  readonly #jobsOf = new Map<string, WakingJob[]>();
  /** Job id -> the node that failed it. */
  readonly #doomed = new Map<number, string>();

  constructor(jobs: readonly WakingJob[]) {
    for (const job of jobs) {
      for (const name of job.nodeNames) {
        const ofNode = this.#jobsOf.get(name);
        if (ofNode === undefined) this.#jobsOf.set(name, [job]);
        else ofNode.push(job);
      }
    }
  }

  /** No machine is to be had for this node. */
  nodeFailed(nodeName: string): void {
    for (const { jobId } of this.#jobsOf.get(nodeName) ?? []) this.#doomed.set(jobId, nodeName);
  }

  /** Why a node is not needed any more; undefined while a job, or a person who woke it by hand, counts on it. */
  whyNotNeeded(nodeName: string): string | undefined {
    const jobs = this.#jobsOf.get(nodeName) ?? [];
    const [first] = jobs;
    if (first === undefined || !jobs.every(({ jobId }) => this.#doomed.has(jobId)))
      return undefined;
    const culprit = this.#doomed.get(first.jobId) ?? "";
    return `job ${first.jobId} cannot run without ${culprit}`;
  }
}
