import type { ClusterPlan, PlannedGroup } from "../domain/cluster-plan.ts";
import { expandedNames } from "../domain/group-names.ts";
import { groupBy } from "../domain/group-by.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { NodeGroup, NodesFile, SlurmOptions } from "../domain/launch-specification.ts";
import type { SlurmNode } from "../slurm/control.ts";
import type { ChangedNode, Comparison, GroupComparison } from "./compare-groups.ts";
import { isAtRest } from "./retire-nodes.ts";

/**
 * The nodes whose lines must stay as they are until the nodes are off. Seen on 22.05.8 and 24.11.5: a job on a node
 * whose sockets, cores or threads change, or whose partition goes, ends with NODE_FAIL; other Features and another
 * Weight do no harm. Without an answer from slurmctld every node counts as on.
 */
export function nodesToHold(
  { groups }: Comparison,
  nodes: ReadonlyMap<string, SlurmNode> | undefined,
): ReadonlySet<string> {
  const held = groups.flatMap(({ group, changed }) =>
    changed.filter(({ name, earlier }) => {
      const isOff = nodes !== undefined && isAtRest(nodes.get(name));
      return !isOff && !isHarmless(group, earlier);
    }),
  );
  return new Set(held.map(({ name }) => name));
}

const HARMLESS_OPTIONS: ReadonlySet<string> = new Set(["Features", "Weight"]);

function isHarmless({ slurm }: PlannedGroup, earlier: NodeGroup): boolean {
  const partitions = earlier.slurm?.partitions ?? [];
  const keepsPartitions = partitions.every((name) => slurm.partitions.includes(name));
  return keepsPartitions && essence(slurm.options) === essence(earlier.slurm?.options ?? {});
}

function essence(options: SlurmOptions): string {
  const kept = Object.entries(options).filter(([key]) => !HARMLESS_OPTIONS.has(key));
  return JSON.stringify(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The plan with the held nodes as they were before, in groups of their own. */
export function planWithHeld(
  plan: ClusterPlan,
  { groups }: Comparison,
  held: ReadonlySet<string>,
): ClusterPlan {
  return held.size === 0 ? plan : { ...plan, groups: groups.flatMap((it) => splitGroup(it, held)) };
}

function splitGroup(
  { group, changed }: GroupComparison,
  held: ReadonlySet<string>,
): readonly PlannedGroup[] {
  const free = expandedNames(group).filter((name) => !held.has(name));
  const heldHere = changed.filter(({ name }) => held.has(name));
  const earlier = [...groupBy(heldHere, (node: ChangedNode) => node.earlier)];
  return [
    ...(free.length > 0 ? [withNames(group, free)] : []),
    ...earlier.map(([{ specification, slurm }, nodes]) => ({
      ...withNames(
        group,
        nodes.map(({ name }) => name),
      ),
      specification,
      slurm: slurm ?? group.slurm,
    })),
  ];
}

function withNames(group: PlannedGroup, names: readonly string[]): PlannedGroup {
  return { ...group, names: compressHostlist(names), count: names.length };
}

/**
 * The plan with the partitions that it lacks and that jobs or held nodes are in: slurmctld ends the jobs of a partition
 * that goes, pending ones too ("Invalid partition", NODE_FAIL). withJobs undefined: nobody knows, so all stay.
 */
export function planWithKeptPartitions(
  plan: ClusterPlan,
  previous: NodesFile | undefined,
  withJobs: ReadonlySet<string> | undefined,
): ClusterPlan {
  const planned = new Set(plan.partitions.map(({ name }) => name));
  const ofNodes = new Set(plan.groups.flatMap(({ slurm }) => slurm.partitions));
  const kept = (previous?.partitions ?? []).filter(
    ({ name }) => !planned.has(name) && (ofNodes.has(name) || (withJobs?.has(name) ?? true)),
  );
  // There can be one default partition only, and it is one of the plan.
  const undefaulted = kept.map(({ name, options: { Default: _, ...options } }) => ({
    name,
    options,
  }));
  return { ...plan, partitions: [...plan.partitions, ...undefaulted] };
}
