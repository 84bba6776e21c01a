import type { NodeRecord } from "./node-use.ts";

/**
 * The nodes that a run launched and that Slurm has given up meanwhile: their instances would run on. Only for a run
 * that Slurm called; a person may well start a node that is off.
 *
 * Slurm calls stopnode when a node becomes POWERING_DOWN, or misses ResumeTimeout and becomes DOWN and POWERED_DOWN
 * at once. That call may have come before the instance was there to be found, and no other follows. A node
 * that is only to be powered down (POWER_DOWN) may still run a job, and its call is still to come. Seen on 22.05.8 and
 * 24.11.5: a node whose job was cancelled stays POWERING_UP, and one that registered has none of these.
 */
export function unwantedNodes(
  records: Iterable<NodeRecord & { readonly name: string }>,
  launchedNames: Iterable<string>,
): readonly string[] {
  const launched = new Set(launchedNames);
  return [...records]
    .filter(({ name, flags }) => launched.has(name) && GIVEN_UP.some((flag) => flags.has(flag)))
    .map(({ name }) => name);
}

const GIVEN_UP = ["POWERED_DOWN", "POWERING_DOWN"] as const;
