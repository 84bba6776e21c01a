import type { ClusterPlan } from "./cluster-plan.ts";
import type { Config } from "./config.ts";
import { longestTimers, resumeTimeoutOf } from "./power-timers.ts";

/** What of startnode.yaml Slurm's timers have to fit. */
export type TimedSettings = Pick<
  Config,
  "runDeadlineSeconds" | "assumedLaunchesPerSecond" | "assumedBootSeconds"
>;

/** Sentences for an admin whose timers work only while little is asked of the cluster. */
export function timerWarnings(plan: ClusterPlan, settings: TimedSettings): readonly string[] {
  return [killWarning(plan, settings), resumeWarning(plan, settings)].filter(
    (warning) => warning !== undefined,
  );
}

/** slurm.conf(5): from 23.02 on a program is ended after the longer of ResumeTimeout and SuspendTimeout. */
function killWarning(
  { timers, partitions }: ClusterPlan,
  { runDeadlineSeconds }: TimedSettings,
): string | undefined {
  const { resumeTimeoutSeconds, suspendTimeoutSeconds } = longestTimers(timers, partitions);
  const patienceSeconds = Math.max(resumeTimeoutSeconds, suspendTimeoutSeconds);
  if (runDeadlineSeconds < patienceSeconds) return undefined;
  return (
    `Slurm ends startnode after ${patienceSeconds} s (resume_timeout), before its own ${runDeadlineSeconds} s ` +
    "(run_deadline_seconds of startnode.yaml): raise the one or lower the other"
  );
}

/** All nodes of the limits at once: a user may ask for them, and whoever comes late is DOWN. */
function resumeWarning(
  { groups, partitions, timers }: ClusterPlan,
  { assumedLaunchesPerSecond, assumedBootSeconds }: TimedSettings,
): string | undefined {
  if (groups.length === 0) return undefined;
  const timeoutSeconds = Math.min(
    ...groups.map(({ slurm }) =>
      resumeTimeoutOf(slurm.partitions, partitions, timers.resumeTimeoutSeconds),
    ),
  );
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const neededSeconds = Math.ceil(count / assumedLaunchesPerSecond) + assumedBootSeconds;
  if (neededSeconds <= timeoutSeconds) return undefined;
  return (
    `resume_timeout of ${timeoutSeconds} s is too short for all ${count} nodes at once, which take about ` +
    `${neededSeconds} s at ${assumedLaunchesPerSecond} launches a second and ${assumedBootSeconds} s to boot: ` +
    `write \`resume_timeout: ${neededSeconds}\` under cluster, or correct assumed_launches_per_second and ` +
    "assumed_boot_seconds of startnode.yaml"
  );
}
