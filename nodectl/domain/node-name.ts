import type { ShapeSize } from "./shape.ts";

/** CitC's width: `-0001`. Wider numbers would change the names of nodes that exist. */
const INDEX_DIGITS = 4;
export const NODES_PER_GROUP_MAX = 10 ** INDEX_DIGITS - 1;

/** RFC 1123, and OCI's hostnameLabel, which is the node's name. */
const NODE_NAME_LENGTH_MAX = 63;

/** What the nodes of one group have in common. */
export interface NodeNaming {
  readonly shape: string;
  /** Exactly for flexible shapes. */
  readonly size?: ShapeSize;
  /** Absent: any. */
  readonly availabilityDomain?: number;
}

/**
 * `vm-standard-e4-flex-8-64-ad1`, or without `-ad1` for any AD, as CitC wrote it. Node names are made here and
 * nowhere taken apart: lower-casing loses the shape, which is looked up in nodes.json.
 */
export function nodeNamePrefix({ shape, size, availabilityDomain }: NodeNaming): string {
  const parts = [shape.toLowerCase().replaceAll(".", "-")];
  if (size !== undefined) parts.push(`${size.ocpus}`, `${size.memoryGib}`);
  if (availabilityDomain !== undefined) parts.push(`ad${availabilityDomain}`);
  return parts.join("-");
}

/** Why OCI would refuse these names as host name labels; undefined when it would not. */
export function nodeNameFault(prefix: string): string | undefined {
  const name = `${prefix}-${"0".repeat(INDEX_DIGITS)}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    return `${name} is not a host name: only letters, digits and hyphens are`;
  }
  if (name.length > NODE_NAME_LENGTH_MAX) {
    return `${name} has ${name.length} characters, and a host name at most ${NODE_NAME_LENGTH_MAX}`;
  }
  return undefined;
}

/** The names 1 to count as a hostlist expression. Throws when count is not from 1 to 9999: limits.ts checks it. */
export function nodeNames(prefix: string, count: number): string {
  if (!Number.isInteger(count) || count < 1 || count > NODES_PER_GROUP_MAX) {
    throw new RangeError(`a group has 1 to ${NODES_PER_GROUP_MAX} nodes, not ${count}`);
  }
  const last = indexText(count);
  return count === 1 ? `${prefix}-${last}` : `${prefix}-[${indexText(1)}-${last}]`;
}

function indexText(index: number): string {
  return `${index}`.padStart(INDEX_DIGITS, "0");
}

/** Whether a cluster may have made this name, this one or another: every shape of OCI's is a VM's or a bare metal machine's. */
export function looksLikeNodeName(name: string): boolean {
  return /^(vm|bm)-[a-z0-9-]+-\d{4}$/.test(name);
}
