import { STARTNODE_PREFIX } from "../failed-node.ts";

/** How our reasons begin. startnode's, reconcile's, finish's and citc's: all of them stand in `sinfo -R`. */
export const RECONCILE_PREFIX = "reconcile:";
/** Of `citc nodes`, where the reason is not a person's words alone. */
export const CITC_PREFIX = "citc:";
/** finish knows its own drains again by it. */
export const FINISH_PREFIX = "finish:";
const OUR_PREFIXES = [STARTNODE_PREFIX, RECONCILE_PREFIX, FINISH_PREFIX, CITC_PREFIX] as const;

/** True of a reason or an AdminComment that our own programs have written. */
export function isOurText(text: string): boolean {
  return OUR_PREFIXES.some((prefix) => text.startsWith(prefix));
}

/** What slurmctld 24.11 writes behind the reason that a node has; 22.05 keeps that reason or replaces it (seen). */
const ADDED_BY_SLURM = / : (Not responding|ResumeTimeout reached)$/;

/** How slurmctld's own reasons begin (seen, and read in node_mgr.c, power_save.c and job_mgr.c of both releases). */
const SLURM_BEGINNINGS = [
  "Not responding",
  "ResumeTimeout reached",
  "POWER_DOWN_ASAP",
  "Low ",
  "Duplicate jobid",
  "Node unexpectedly rebooted",
  "Kill task failed",
  "Prolog error",
  "Epilog error",
  "batch job complete failure",
  "gres/",
] as const;

/** The person behind a DOWN or DRAIN: one of our programs, Slurm itself, or anybody else. */
export type Author = "ours" | "slurm" | "admin";

/** What tells whose decision a DOWN or DRAIN is. */
export interface Verdict {
  readonly reason: string;
  readonly reasonUser: string;
  readonly flags: ReadonlySet<string>;
}

/**
 * Whose decision a reason is. startnode and stopnode run as Slurm's user too, hence the words first; and Slurm signs for a
 * person's reason when it adds words of its own to it. A node that is "Not responding" and was not drained is
 * Slurm's: the person's words are those of an earlier time, which 24.11 keeps over a return to service (seen).
 */
export function authorOf({ reason, reasonUser, flags }: Verdict, slurmUser: string): Author {
  const words = withoutAdded(reason);
  if (isOurText(words)) return "ours";
  // A DOWN without any reason is Slurm's: scontrol demands one of people. 22.05 names nobody for POWER_DOWN_ASAP.
  if (words === "" || reasonUser === "") return "slurm";
  if (reasonUser !== slurmUser) return "admin";
  if (words === reason || SLURM_BEGINNINGS.some((begin) => words.startsWith(begin))) return "slurm";
  return reason.endsWith("Not responding") && !flags.has("DRAIN") ? "slurm" : "admin";
}

function withoutAdded(reason: string): string {
  const shorter = reason.replace(ADDED_BY_SLURM, "");
  return shorter === reason ? reason : withoutAdded(shorter);
}
