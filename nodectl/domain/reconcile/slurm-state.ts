import { isOurReason } from "./reasons.ts";

/** What the states are told from; slurm/control.ts has the whole record. */
export interface SlurmRecord {
  readonly name: string;
  readonly base: string;
  readonly flags: ReadonlySet<string>;
  readonly address: string;
  readonly reason: string;
  /** Who set the reason; empty when nobody did. Slurm itself writes as its own user (SlurmUser). */
  readonly reasonUser: string;
}

/**
 * Where a node is in its life, as Slurm tells it: exactly one of these, whatever flags it has. The order of the list is the
 * order of the README's table.
 */
export const SLURM_STATES = {
  absent: "Slurm does not have the node",
  off: "powered down (`idle~`)",
  "off-down-ours": "`down~`, the reason is ours",
  "off-down-slurm": "`down~`, the reason is Slurm's (ResumeTimeout)",
  "off-down-admin": "`down~`, the reason is a person's",
  waking: "being powered up (`#`)",
  "waking-down": "`down#`",
  going: "being powered down (`%`, or `!` without a job)",
  idle: "up, free, heard",
  busy: "up, with jobs, heard",
  silent: "up, not heard (`*`)",
  "down-ours": "DOWN, the reason is ours",
  "down-slurm": "DOWN, the reason is Slurm's",
  "down-admin": "DOWN, the reason is a person's",
  invalid: "registered with less than slurm.conf says (INVALID_REG)",
  "drain-ours": "drained by finish",
  "drain-slurm": "drained by Slurm",
  "drain-admin": "drained by a person",
} as const;

export type SlurmState = keyof typeof SLURM_STATES;

/** The person behind a DOWN or DRAIN: a reason of ours, of Slurm's own user, or anybody else's. */
type Author = "ours" | "slurm" | "admin";

/** @param slurmUser the account that slurmctld runs as, `slurm` on every system that we know */
export function slurmStateOf(record: SlurmRecord | undefined, slurmUser = "slurm"): SlurmState {
  if (record === undefined) return "absent";
  const { flags } = record;
  const isDown = record.base === "DOWN";
  const author = authorOf(record, slurmUser);
  if (flags.has("POWERING_DOWN")) return "going";
  if (flags.has("POWER_DOWN") && !hasJobs(record)) return "going";
  if (flags.has("POWERED_DOWN")) return isDown ? `off-down-${author}` : "off";
  if (flags.has("POWERING_UP")) return isDown ? "waking-down" : "waking";
  if (flags.has("INVALID_REG")) return "invalid";
  if (isDown) return `down-${author}`;
  if (flags.has("DRAIN")) return `drain-${author}`;
  if (flags.has("NOT_RESPONDING")) return "silent";
  return hasJobs(record) ? "busy" : "idle";
}

/** A job counts on the machine, or its end is not yet told. */
export function hasJobs({ base, flags }: Pick<SlurmRecord, "base" | "flags">): boolean {
  return base === "ALLOCATED" || base === "MIXED" || flags.has("COMPLETING");
}

/** startnode and stopnode run as SlurmUser too, hence the words first. */
function authorOf({ reason, reasonUser }: SlurmRecord, slurmUser: string): Author {
  if (isOurReason(reason)) return "ours";
  // A DOWN without any reason is Slurm's: scontrol demands one of people.
  return reasonUser === slurmUser || reason === "" ? "slurm" : "admin";
}
