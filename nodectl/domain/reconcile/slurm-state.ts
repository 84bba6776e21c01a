import { authorOf, type Author } from "./reasons.ts";

/** What the states are told from; slurm/control.ts has the whole record. */
export interface SlurmRecord {
  readonly name: string;
  /** Upper case: IDLE, ALLOCATED, MIXED, DOWN, … */
  readonly base: string;
  /** Upper case: CLOUD, POWERED_DOWN, POWERING_UP, DRAIN, NOT_RESPONDING, … */
  readonly flags: ReadonlySet<string>;
  /** NodeAddr: the node's own name until an address was reported. */
  readonly address: string;
  readonly reason: string;
  /** Who set the reason; empty when nobody did. Slurm itself writes as its own user (SlurmUser). */
  readonly reasonUser: string;
}

/**
 * Where a node is in its life, as Slurm tells it: exactly one of these, whatever flags it has. The order of the list is the
 * order of the table in citc.md.
 */
export const SLURM_STATES = {
  absent: "Slurm does not have the node",
  off: "powered down (`idle~`), drained or not",
  "off-down-ours": "`down~`, the reason is ours",
  "off-down-slurm": "`down~`, the reason is Slurm's (ResumeTimeout)",
  "off-down-admin": "`down~`, the reason is a person's",
  waking: "being powered up (`#`), or about to be",
  "waking-down": "`down#`, the reason is ours or Slurm's",
  "waking-down-admin": "`down#`, the reason is a person's",
  going: "being powered down (`%`), or at Slurm's next scan (`!` without a job)",
  leaving: "up, to be powered down when its jobs have ended (`!`)",
  idle: "up, free, heard",
  busy: "up, with jobs, heard",
  silent: "up, not heard (`*`)",
  invalid: "registered with less than slurm.conf says (`inval`)",
  "down-ours": "DOWN, the reason is ours",
  "down-slurm": "DOWN, the reason is Slurm's (Not responding)",
  "down-admin": "DOWN, the reason is a person's",
  "drain-ours": "drained by finish",
  "drain-slurm": "drained by Slurm",
  "drain-admin": "drained by a person",
} as const;

export type SlurmState = keyof typeof SLURM_STATES;

/**
 * What a real slurmctld shows, 22.05.8 and 24.11.5 in the sandbox, in the order that tells the states apart:
 * a power-down under way hides everything else (`IDLE+POWERING_DOWN+INVALID_REG`); a node that was just given to a job or woken
 * by hand is POWERED_DOWN until the next scan; too small a machine keeps whatever reason its node had before.
 * @param slurmUser the account that slurmctld runs as, `slurm` on every system that we know
 */
export function slurmStateOf(record: SlurmRecord | undefined, slurmUser = "slurm"): SlurmState {
  if (record === undefined) return "absent";
  const { flags } = record;
  const isDown = record.base === "DOWN";
  const author = authorOf(record, slurmUser);
  if (flags.has("POWERING_DOWN")) return "going";
  if (flags.has("POWER_DOWN")) return hasJobs(record) ? "leaving" : "going";
  if (isWaking(record)) return isDown ? wakingDown(author) : "waking";
  if (flags.has("POWERED_DOWN"))
    return isDown && !flags.has("DRAIN") ? `off-down-${author}` : "off";
  if (isDown && author === "admin") return "down-admin";
  if (flags.has("INVALID_REG")) return "invalid";
  if (isDown) return `down-${author}`;
  if (flags.has("DRAIN") || flags.has("FAIL")) return `drain-${author}`;
  if (flags.has("NOT_RESPONDING") || record.base === "UNKNOWN") return "silent";
  return hasJobs(record) ? "busy" : "idle";
}

/** Up, as far as Slurm knows: without a machine behind it the node is lost. */
export const COUNTED_ON = [
  "leaving",
  "idle",
  "busy",
  "silent",
  "invalid",
  "drain-ours",
  "drain-slurm",
] as const satisfies readonly SlurmState[];

export function isCountedOn(state: SlurmState): boolean {
  return COUNTED_ON.some((it) => it === state) || state === "drain-admin";
}

/** A job counts on the machine, or its end is not yet told. */
export function hasJobs({ base, flags }: Pick<SlurmRecord, "base" | "flags">): boolean {
  return base === "ALLOCATED" || base === "MIXED" || flags.has("COMPLETING");
}

function isWaking(record: SlurmRecord): boolean {
  const { flags } = record;
  if (flags.has("POWERING_UP")) return true;
  return flags.has("POWERED_DOWN") && (flags.has("POWER_UP") || hasJobs(record));
}

function wakingDown(author: Author): SlurmState {
  return author === "admin" ? "waking-down-admin" : "waking-down";
}
