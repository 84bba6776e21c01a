import type { NodeUse } from "./launch-decision.ts";

/** The part of Slurm's node record that tells whether the machine behind it is counted on. */
export interface NodeRecord {
  readonly base: string;
  readonly flags: ReadonlySet<string>;
  readonly bootTimeMs: number;
}

/** POWER_DOWN is only asked for: a job may still be running. */
const OFF_OR_BOOTING = ["POWERING_UP", "POWERED_DOWN", "POWERING_DOWN"] as const;

/** A node that Slurm does not know is in nobody's use. */
export function nodeUse(record: NodeRecord | undefined, olderOcids: ReadonlySet<string>): NodeUse {
  if (record === undefined) return { isInUse: false, lastBootTimeMs: 0, olderOcids };
  const isOff = OFF_OR_BOOTING.some((flag) => record.flags.has(flag));
  const isInUse = !isOff && record.base !== "DOWN";
  return { isInUse, lastBootTimeMs: record.bootTimeMs, olderOcids };
}
