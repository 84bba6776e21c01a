import type { ClusterPlan } from "./cluster-plan.ts";
import type { Config } from "./config.ts";
import { longestTimers, partitionsOfOwnTimeout, resumeTimeoutOf } from "./power-timers.ts";
import { runDeadlineSeconds } from "./run-deadline.ts";

/** What of startnode.yaml Slurm's timers have to fit. */
export type TimedSettings = Pick<
  Config,
  "runDeadlineSeconds" | "assumedLaunchesPerSecond" | "assumedBootSeconds"
>;

/** Sentences for an admin whose timers work only while little is asked of the cluster. */
export function timerWarnings(plan: ClusterPlan, settings: TimedSettings): readonly string[] {
  return [deadlineWarning(plan, settings), resumeWarning(plan, settings)].filter(
    (warning) => warning !== undefined,
  );
}

/** A run ends before Slurm's patience does: what it had no turn for fails, though more time was allowed. */
function deadlineWarning(
  { timers, partitions }: ClusterPlan,
  settings: TimedSettings,
): string | undefined {
  const { runDeadlineSeconds: configuredSeconds } = settings;
  const longest = longestTimers(timers, partitions);
  const seconds = runDeadlineSeconds(configuredSeconds, longest);
  const patienceSeconds = Math.max(longest.resumeTimeoutSeconds, longest.suspendTimeoutSeconds);
  if (configuredSeconds < patienceSeconds) return undefined;
  return (
    `startnode ends after ${seconds} s, before resume_timeout of ${patienceSeconds} s is over, and not after ` +
    `${configuredSeconds} s (run_deadline_seconds of startnode.yaml): raise the one or lower the other`
  );
}

/** All nodes of the limits at once: a user may ask for them, and whoever comes late is DOWN. */
function resumeWarning(
  { groups, partitions, timers }: ClusterPlan,
  { assumedLaunchesPerSecond, assumedBootSeconds }: TimedSettings,
): string | undefined {
  const timeouts = groups.map((group) => ({
    group,
    seconds: resumeTimeoutOf(group.slurm.partitions, partitions, timers.resumeTimeoutSeconds),
  }));
  const [shortest] = [...timeouts].sort((a, b) => a.seconds - b.seconds);
  if (shortest === undefined) return undefined;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const neededSeconds = Math.ceil(count / assumedLaunchesPerSecond) + assumedBootSeconds;
  if (neededSeconds <= shortest.seconds) return undefined;
  const own = partitionsOfOwnTimeout(shortest.group.slurm.partitions, partitions, shortest.seconds);
  const [what, fix] =
    own.length === 0
      ? ["resume_timeout", `\`resume_timeout: ${neededSeconds}\` under cluster`]
      : [
          `the ResumeTimeout (partition ${own.join(", ")})`,
          `\`ResumeTimeout: ${neededSeconds}\` for it under partitions`,
        ];
  return (
    `${what} of ${shortest.seconds} s is too short for all ${count} nodes at once, which take about ` +
    `${neededSeconds} s at ${assumedLaunchesPerSecond} launches a second and ${assumedBootSeconds} s to boot: ` +
    `write ${fix}, or correct assumed_launches_per_second and ` +
    "assumed_boot_seconds of startnode.yaml"
  );
}
