import type { JobRecord } from "./facts.ts";

/** `Job 12 of alice`. */
export function jobWords({ id, user }: JobRecord): string {
  return `Job ${id} of ${user}`;
}

/** The number that scontrol takes in an update: of one task its own. */
function updateId({ id, jobId }: JobRecord): string {
  return /^\d+(_\d+)?$/.test(id) ? id : String(jobId);
}

/** Changes a job that waits; its owner may do so. */
export function updateCommand(job: JobRecord, ...words: readonly string[]): string {
  return ["scontrol update", `jobid=${updateId(job)}`, ...words].join(" ");
}

/** `partition compute`, `partitions a and b`. */
export function partitionWords({ partitions }: Pick<JobRecord, "partitions">): string {
  return `partition${partitions.length === 1 ? "" : "s"} ${partitions.join(" and ")}`;
}

/** Below this a status is a signal's number, and the program's own value is above it (wait(2)). */
const SIGNAL_MASK = 127;

export function exitWords(exitStatus: number): string {
  const signal = exitStatus & SIGNAL_MASK;
  if (signal !== 0) return `by signal ${signal}`;
  return `with exit status ${exitStatus >> 8}`;
}
