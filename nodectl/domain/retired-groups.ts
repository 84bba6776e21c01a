import { expandedNames } from "./group-names.ts";
import type { NodeGroup, NodesFile } from "./launch-specification.ts";
import { compressHostlist } from "./hostlist.ts";

/**
 * The groups of an earlier nodes.json, cut down to the given names, as they stood. For nodes whose line must stay
 * until they are down; the line of a part of a group is the same with fewer names.
 * Throws when the file does not tell what Slurm was told: finish has written none such.
 */
export function retiredGroups(
  previous: NodesFile,
  nodeNames: ReadonlySet<string>,
): readonly NodeGroup[] {
  return previous.groups.flatMap((group) => {
    const kept = expandedNames(group).filter((name) => nodeNames.has(name));
    if (kept.length === 0) return [];
    if (group.slurm === undefined) {
      throw new Error(`nodes.json does not tell how Slurm knows ${group.names}`);
    }
    const { specification, slurm } = group;
    return [{ names: compressHostlist(kept), specification, slurm, isRetired: true }];
  });
}
