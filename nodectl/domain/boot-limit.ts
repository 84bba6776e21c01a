import type { PowerTimers } from "./launch-specification.ts";

/** Slurm's own default (slurm.conf(5)), should nodes.json not be readable, or of an earlier nodectl. */
export const RESUME_TIMEOUT_SECONDS = 60;

/** A node that does not register is replaced before Slurm gives it up, so that its console can still be read. */
const BOOT_SHARE = 0.8;

/** How long after its launch a node may take to register, seconds: the setting, or a share of ResumeTimeout. */
export function bootLimitSeconds(
  setting: number | undefined,
  timers: PowerTimers | undefined,
): number {
  return setting ?? (timers?.resumeTimeoutSeconds ?? RESUME_TIMEOUT_SECONDS) * BOOT_SHARE;
}
