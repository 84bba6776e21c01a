import { compressHostlist } from "../hostlist.ts";
import type { NodeStatus } from "./node-status.ts";

export function namesOf(nodes: readonly NodeStatus[]): readonly string[] {
  return nodes.map(({ name }) => name);
}

/** Longer ones nobody copies from a terminal. */
const HOSTLIST_LENGTH_MAX = 80;

/** For a command line; a word in place of a hostlist that is too long for one. */
export function hostlistOf(nodes: readonly NodeStatus[]): string {
  const hostlist = compressHostlist(namesOf(nodes));
  return hostlist.length <= HOSTLIST_LENGTH_MAX ? hostlist : "NODES";
}
