import { compressHostlist } from "../../nodectl/domain/hostlist.ts";

/** Jobs that wait for nodes, by id. */
export type WaitingJobs = ReadonlyMap<number, readonly string[]>;

/** One job for each node: none depends on another's. */
export function oneJobEach(nodeNames: readonly string[]): WaitingJobs {
  return new Map(nodeNames.map((name, index) => [index + 1, [name]]));
}

/** What SLURM_RESUME_FILE has, as slurmctld writes it from 23.02 on (seen on 24.11.5). */
export function resumeFileText(jobs: WaitingJobs): string {
  const all = [...new Set([...jobs.values()].flat())];
  return JSON.stringify({
    all_nodes_resume: compressHostlist(all),
    jobs: [...jobs].map(([jobId, nodeNames]) => ({
      extra: null,
      job_id: jobId,
      features: null,
      nodes_alloc: compressHostlist(nodeNames),
      nodes_resume: compressHostlist(nodeNames),
      oversubscribe: "OK",
      partition: "compute",
      reservation: null,
    })),
  });
}
