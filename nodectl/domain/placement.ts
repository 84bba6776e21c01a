import type { LaunchSpecification } from "./launch-specification.ts";

/**
 * Where a node is tried first. The fault domain is left to OCI, which knows its racks. Nodes of any availability
 * domain are spread by the number at the end of their name, so that the same node always starts at the same place:
 * the retry token depends on it.
 */
export function firstPlacement(
  nodeName: string,
  { availabilityDomains }: LaunchSpecification,
): string {
  const number = Number(/\d+$/.exec(nodeName)?.[0] ?? 0);
  const chosen = availabilityDomains[number % availabilityDomains.length];
  if (chosen === undefined)
    throw new Error(`nodes.json names no availability domain for ${nodeName}`);
  return chosen;
}
