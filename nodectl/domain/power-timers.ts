import type { PowerTimers, SlurmPartition } from "./launch-specification.ts";
import type { Timers } from "./limits-cluster.ts";
import { ownKeyOf } from "./slurm-options.ts";

/** The longest timeouts of the cluster and its partitions. */
export function longestTimers(
  timers: Pick<Timers, "resumeTimeoutSeconds" | "suspendTimeoutSeconds">,
  partitions: readonly SlurmPartition[],
): PowerTimers {
  const longest = (name: string, seconds: number) =>
    Math.max(seconds, ...partitions.flatMap((partition) => secondsOf(partition, name)));
  return {
    resumeTimeoutSeconds: longest("ResumeTimeout", timers.resumeTimeoutSeconds),
    suspendTimeoutSeconds: longest("SuspendTimeout", timers.suspendTimeoutSeconds),
  };
}

/** How long Slurm waits for a node: the longest timeout of its partitions, which may name their own. */
export function resumeTimeoutOf(
  partitionNames: readonly string[],
  partitions: readonly SlurmPartition[],
  globalSeconds: number,
): number {
  const own = partitions.filter(({ name }) => partitionNames.includes(name));
  const seconds = own.flatMap((partition) => {
    const [given = globalSeconds] = secondsOf(partition, "ResumeTimeout");
    return given;
  });
  return seconds.length === 0 ? globalSeconds : Math.max(...seconds);
}

/** Those of the partitions whose own ResumeTimeout it is; empty when it is the cluster's. */
export function partitionsOfOwnTimeout(
  partitionNames: readonly string[],
  partitions: readonly SlurmPartition[],
  timeoutSeconds: number,
): readonly string[] {
  return partitions
    .filter(({ name }) => partitionNames.includes(name))
    .filter((partition) => secondsOf(partition, "ResumeTimeout").includes(timeoutSeconds))
    .map(({ name }) => name);
}

/** Empty where the partition has none of its own, or a word such as INFINITE. */
function secondsOf({ options }: SlurmPartition, name: string): readonly number[] {
  const text = options[ownKeyOf(options, name) ?? name] ?? "";
  return /^\d+$/.test(text) ? [Number(text)] : [];
}
