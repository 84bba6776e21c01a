import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";

/** Where wait-for-nodes keeps its notes on this cluster; a waiter's list is called JOB.PID.nodes. */
const LIST_LIVING = `cd /run/slurm/wait-for-nodes 2>/dev/null || exit 0
for list in *.nodes; do
  waiter=\${list%.nodes}
  kill -0 "\${waiter#*.}" 2>/dev/null && echo "\${waiter%.*}"
done
exit 0`;
/** slurmctld gives them the job's id, and they hand it on; of SlurmUser's other processes none has one. */
const LIST_PROCESSES = `for id in $(pgrep --euid slurm); do
  if grep --quiet --null-data '^SLURM_JOB_ID=' "/proc/$id/environ"; then
    tr '\\0' ' ' < "/proc/$id/cmdline" && echo
  fi
done 2>/dev/null
exit 0`;

/** Slurm's own ids of the jobs for which a PrologSlurmctld waits, in order. */
async function waitingJobs(cluster: Cluster): Promise<readonly number[]> {
  const text = await cluster.output(["bash", "-c", LIST_LIVING]);
  const ids = text === "" ? [] : text.split("\n").map(Number);
  return ids.toSorted((left, right) => left - right);
}

/** Resolves when scripts wait for exactly these jobs. */
export async function awaitWaitingJobs(
  cluster: Cluster,
  jobIds: readonly number[],
  timeoutSeconds: number,
): Promise<void> {
  const wanted = jobIds.toSorted((left, right) => left - right).join();
  await awaitState({
    what: `scripts wait for the jobs ${wanted}`,
    timeoutSeconds,
    observe: () => waitingJobs(cluster),
    isReached: (ids) => ids.join() === wanted,
  });
}

/** Every process of the script, its children included; none: an empty text. */
export function processes(cluster: Cluster): Promise<string> {
  return cluster.output(["sh", "-c", LIST_PROCESSES]);
}

/** Milliseconds from the last registration of the job's nodes to its start, by slurmctld's own log. */
export async function startDelayMs(cluster: Cluster, jobId: string): Promise<number> {
  const { nodeNames } = await cluster.job(jobId);
  const log = (await cluster.output(["cat", "/var/log/slurm/slurmctld.log"])).split("\n");
  // An array's task has its own id in brackets behind this.
  const startedAt = lastLine(log, `Resetting JobId=${jobId}`);
  // A node may register again later, for another job.
  const before = log.slice(0, startedAt);
  const registered = nodeNames.map((name) => lastLine(before, `Node ${name} now responding`));
  return timeOf(log, startedAt) - Math.max(...registered.map((at) => timeOf(log, at)));
}

/** Where slurmctld said this last. */
function lastLine(log: readonly string[], words: string): number {
  const at = log.findLastIndex((line) => new RegExp(`\\] ${words}\\b`).test(line));
  if (at === -1) throw new Error(`slurmctld's log does not say, or not in time: ${words}`);
  return at;
}

/** Its clock's zone does not matter for a difference. */
function timeOf(log: readonly string[], at: number): number {
  const line = log[at] ?? "";
  return Date.parse(`${line.slice(1, line.indexOf("]"))}Z`);
}
