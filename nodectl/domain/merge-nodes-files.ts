import { expandedNames } from "./group-names.ts";
import { compressHostlist } from "./hostlist.ts";
import type { NodeGroup, NodesFile } from "./launch-specification.ts";

/**
 * The first file, and of the second what the first does not tell of: nodes and partitions that a run of finish wrote
 * and was killed before slurmctld knew them.
 */
export function mergeNodesFiles(
  first: NodesFile | undefined,
  second: NodesFile | undefined,
): NodesFile | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  const known = new Set(first.groups.flatMap(expandedNames));
  const partitions = first.partitions ?? [];
  return {
    ...first,
    groups: [...first.groups, ...second.groups.flatMap((group) => without(group, known))],
    partitions: [
      ...partitions,
      ...(second.partitions ?? []).filter(({ name }) => !partitions.some((it) => it.name === name)),
    ],
  };
}

function without(group: NodeGroup, known: ReadonlySet<string>): readonly NodeGroup[] {
  const names = expandedNames(group).filter((name) => !known.has(name));
  return names.length === 0 ? [] : [{ ...group, names: compressHostlist(names) }];
}
