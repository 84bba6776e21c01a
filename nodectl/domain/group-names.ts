import { expandHostlist } from "./hostlist.ts";
import type { NodeGroup } from "./launch-specification.ts";

/** The names of a group. Throws on a hostlist that does not parse: parseNodesFile and finish let none pass. */
export function expandedNames({ names }: Pick<NodeGroup, "names">): readonly string[] {
  const expanded = expandHostlist(names);
  if (expanded.kind === "invalid") throw new Error(`hostlist ${names}: ${expanded.message}`);
  return expanded.value;
}
