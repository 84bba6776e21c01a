/** How our reasons begin. startnode's, reconcile's and finish's: all of them stand in `sinfo -R`. */
export const RECONCILE_PREFIX = "reconcile:";
const OUR_PREFIXES = ["startnode:", RECONCILE_PREFIX, "finish:"] as const;

/** True of a reason that our own programs have set. Slurm may have written its own behind it. */
export function isOurReason(reason: string): boolean {
  return OUR_PREFIXES.some((prefix) => reason.startsWith(prefix));
}
