import { nearestNames } from "./edit-distance.ts";
import type { NodeGroup, SlurmOptions, SlurmPartition } from "./launch-specification.ts";
import type { ClusterOptions } from "./limits-cluster.ts";
import type { Limits } from "./limits.ts";
import { defaultMemory } from "./default-memory.ts";
import { mergeOptions } from "./merge-options.ts";
import type { ProblemCollector } from "./problem-collector.ts";
import { isBareMetal } from "./shape.ts";
import { ownKeyOf } from "./slurm-options.ts";

/** CitC's only partition: where nodes are that name no other. */
export const DEFAULT_PARTITION = "compute";

/**
 * The partitions that the shapes name, in the order of the file, with their options. One without nodes stays (its
 * jobs would be lost with it), and there is always one: slurmctld does not start without.
 */
export function planPartitions(
  { shapes, cluster }: Limits,
  groups: readonly NodeGroup[],
  problems: ProblemCollector,
): readonly SlurmPartition[] {
  const named = shapes.flatMap(({ partitions }) =>
    partitions.length > 0 ? partitions : [DEFAULT_PARTITION],
  );
  const names = [...new Set(named.length > 0 ? named : [DEFAULT_PARTITION])];
  reportStrayPartitions(cluster.partitions, names, problems);
  const defaultName = defaultPartition(cluster.partitions, names, problems);
  return names.map((name) => {
    const given = cluster.partitions.find((partition) => partition.name === name)?.options ?? {};
    const hasBareMetal = shapes.some(
      ({ shape, partitions }) =>
        isBareMetal(shape) &&
        (partitions.includes(name) || (partitions.length === 0 && name === DEFAULT_PARTITION)),
    );
    const own = {
      ...ownOptions(name === defaultName, hasBareMetal, cluster),
      ...defaultMemory(membersOf(name, groups), [given, cluster.slurmOptions]),
    };
    return { name, options: mergeOptions(own, given) };
  });
}

/** The groups of a partition. */
export function membersOf(partition: string, groups: readonly NodeGroup[]): readonly NodeGroup[] {
  return groups.filter(({ slurm }) => slurm?.partitions.includes(partition) === true);
}

/** What CitC wrote; and bare metal is given longer to boot (a node has the longest timeout of its partitions). */
function ownOptions(
  isDefault: boolean,
  hasBareMetal: boolean,
  { timers }: ClusterOptions,
): SlurmOptions {
  const { bareMetalResumeTimeoutSeconds, resumeTimeoutSeconds } = timers;
  const isLonger = hasBareMetal && bareMetalResumeTimeoutSeconds > resumeTimeoutSeconds;
  return {
    ...(isDefault && { Default: "YES" }),
    MaxTime: "INFINITE",
    State: "UP",
    ...(isLonger && { ResumeTimeout: `${bareMetalResumeTimeoutSeconds}` }),
  };
}

function reportStrayPartitions(
  given: ClusterOptions["partitions"],
  names: readonly string[],
  problems: ProblemCollector,
): void {
  for (const { name, located } of given) {
    if (names.includes(name) || name === DEFAULT_PARTITION) continue;
    const [nearest] = nearestNames(name, names, 1);
    const fix =
      nearest === undefined
        ? `write \`partition: ${name}\` under a shape, or remove this`
        : `did you mean ${nearest}?`;
    problems.report(located, "no shape is in this partition", fix);
  }
}

/** The one that the admin says, else `compute`, else the first. Slurm would silently take the last of several. */
function defaultPartition(
  given: ClusterOptions["partitions"],
  names: readonly string[],
  problems: ProblemCollector,
): string | undefined {
  const chosen = given.filter(({ options }) => {
    const key = ownKeyOf(options, "Default");
    return key !== undefined && /^(yes|true|up|1)$/i.test(options[key] ?? "");
  });
  const [first, second] = chosen;
  if (first !== undefined && second !== undefined) {
    const message = `${first.name} is the default partition already`;
    problems.report(second.located, message, "write Default: YES once");
  }
  if (first !== undefined) return first.name;
  return names.includes(DEFAULT_PARTITION) ? DEFAULT_PARTITION : names[0];
}

/** The partitions of a plan, and those of retired nodes that the limits name no more. */
export function withRetiredPartitions(
  planned: readonly SlurmPartition[],
  previous: readonly SlurmPartition[],
  retired: readonly NodeGroup[],
): readonly SlurmPartition[] {
  const plannedNames = new Set(planned.map(({ name }) => name));
  const needed = new Set(retired.flatMap(({ slurm }) => slurm?.partitions ?? []));
  const kept = previous
    .filter(({ name }) => needed.has(name) && !plannedNames.has(name))
    .map(({ name, options: { Default: _, ...options } }) => ({ name, options }));
  return [...planned, ...kept];
}
