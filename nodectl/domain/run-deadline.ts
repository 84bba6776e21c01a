import type { PowerTimers } from "./launch-specification.ts";

/** What a run needs to end by itself: to write its last line before Slurm's patience ends. */
const MARGIN_SECONDS = 10;
/** Below this nothing could be launched at all. */
const SECONDS_MIN = 5;

/**
 * How long a run may take, in seconds. From 23.02 on Slurm kills its programs' whole process group, 10 ms after SIGTERM,
 * at the longer of ResumeTimeout and SuspendTimeout (slurm.conf(5); seen on 24.11.5). startnode and stopnode have left that
 * group (bin/power-program.sh), but after that nobody waits for their nodes either. The next run finishes what is unfinished.
 */
export function runDeadlineSeconds(
  configuredSeconds: number,
  timers: PowerTimers | undefined,
): number {
  if (timers === undefined) return configuredSeconds;
  const { resumeTimeoutSeconds, suspendTimeoutSeconds } = timers;
  const patienceSeconds = Math.max(resumeTimeoutSeconds, suspendTimeoutSeconds);
  return Math.max(SECONDS_MIN, Math.min(configuredSeconds, patienceSeconds - MARGIN_SECONDS));
}

/** Without nodes.json, or with the one of an earlier nodectl: less than any SuspendTimeout that fits OCI. */
const TEND_SECONDS_IF_UNKNOWN = 60;
const TEND_MARGIN_SECONDS = 5;

/**
 * How long stopnode goes on trying to set failed nodes DOWN again, in seconds: until they are off, which is SuspendTimeout
 * after Slurm called.
 */
export function tendSeconds(timers: PowerTimers | undefined): number {
  const seconds = timers?.suspendTimeoutSeconds ?? TEND_SECONDS_IF_UNKNOWN;
  return Math.max(SECONDS_MIN, seconds - TEND_MARGIN_SECONDS);
}

/** At the end of a run nothing is launched any more: what was launched needs its address, and Slurm its word. */
const RESERVE_SHARE = 0.25;
const RESERVE_SECONDS_MAX = 15;

/** How long a run that lasts so many seconds may go on launching. */
export function launchDeadlineSeconds(runSeconds: number): number {
  return runSeconds - Math.min(RESERVE_SECONDS_MAX, runSeconds * RESERVE_SHARE);
}
