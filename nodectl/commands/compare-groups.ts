import type { ClusterPlan, PlannedGroup } from "../domain/cluster-plan.ts";
import { expandedNames } from "../domain/group-names.ts";
import type { NodeGroup } from "../domain/launch-specification.ts";

/** A node that is launched otherwise, or told to Slurm otherwise, than before. */
export interface ChangedNode {
  readonly name: string;
  readonly earlier: NodeGroup;
}

/** How the nodes of one group of the limits stand to the generation before. */
export interface GroupComparison {
  readonly group: PlannedGroup;
  readonly added: readonly string[];
  readonly changed: readonly ChangedNode[];
  readonly kept: readonly string[];
}

export interface Comparison {
  readonly groups: readonly GroupComparison[];
  /** Every name of the limits. */
  readonly wanted: ReadonlySet<string>;
  /** In the generation before and not in the limits, retired ones included. */
  readonly leaving: readonly string[];
}

/** Compares the limits with the generation before, name by name. */
export function compareGroups(
  planned: ClusterPlan["groups"],
  previous: readonly NodeGroup[],
): Comparison {
  const before = new Map<string, NodeGroup>();
  for (const group of previous) {
    for (const name of expandedNames(group)) before.set(name, group);
  }
  const groups = planned.map((group) => compareGroup(group, before));
  const wanted = new Set(groups.flatMap(({ group }) => expandedNames(group)));
  const leaving = [...before.keys()].filter((name) => !wanted.has(name));
  return { groups, wanted, leaving };
}

function compareGroup(
  group: PlannedGroup,
  before: ReadonlyMap<string, NodeGroup>,
): GroupComparison {
  const isSame = sameAs(group);
  const added: string[] = [];
  const changed: ChangedNode[] = [];
  const kept: string[] = [];
  for (const name of expandedNames(group)) {
    const earlier = before.get(name);
    if (earlier === undefined) added.push(name);
    else if (isSame(earlier)) kept.push(name);
    else changed.push({ name, earlier });
  }
  return { group, added, changed, kept };
}

/** Thousands of names share a few groups: each pair is compared once. */
function sameAs(group: PlannedGroup): (earlier: NodeGroup) => boolean {
  const wanted = contentOf(group);
  const known = new Map<NodeGroup, boolean>();
  return (earlier) => {
    const answer = known.get(earlier) ?? contentOf(earlier) === wanted;
    known.set(earlier, answer);
    return answer;
  };
}

function contentOf({ specification, slurm }: NodeGroup): string {
  return JSON.stringify([sorted(specification), sorted(slurm?.options), slurm?.partitions]);
}

function sorted(fields: object | undefined): readonly unknown[] {
  return Object.entries(fields ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
