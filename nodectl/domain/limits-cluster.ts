import {
  fieldOf,
  locatedAt,
  readChoice,
  readMap,
  readWholeNumber,
  reportUnknownKeys,
} from "./fields.ts";
import type { NumberRange } from "./fields.ts";
import type { SlurmOptions, SlurmPartition } from "./launch-specification.ts";
import type { PositionedMap } from "./positioned.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";
import {
  GLOBAL_OPTIONS,
  PARTITION_NAME,
  PARTITION_OPTIONS,
  readSlurmOptions,
} from "./slurm-options.ts";

/** Slurm's timers, in seconds. The reason for each stands in what finish writes (slurm-conf.ts). */
export interface Timers {
  readonly suspendTimeSeconds: number;
  readonly suspendTimeoutSeconds: number;
  readonly resumeTimeoutSeconds: number;
  readonly bareMetalResumeTimeoutSeconds: number;
  readonly credentialLifetimeSeconds: number;
}

/** What limits.yaml says under `cluster:`. */
export interface ClusterOptions {
  readonly timers: Timers;
  /** Jobs start when their nodes have registered, and not at slurmctld's next look (PrologSlurmctld). */
  readonly hasNodeWait: boolean;
  /** With their place, for a partition that no shape is in. */
  readonly partitions: readonly (SlurmPartition & { readonly located: Located })[];
  readonly slurmOptions: SlurmOptions;
}

const YEAR_SECONDS = 31_536_000;
/** Slurm keeps both timeouts in 16 bits; the highest values have a meaning of their own. */
const TIMEOUT_SECONDS_MAX = 65_533;

interface TimerRule extends NumberRange {
  readonly key: string;
  readonly default: number;
}

/** The defaults are design decisions; the reasons stand in slurm-conf.ts beside the lines they become. */
const TIMERS: { readonly [Key in keyof Timers]: TimerRule } = {
  suspendTimeSeconds: { key: "suspend_time", default: 900, min: 1, max: YEAR_SECONDS },
  suspendTimeoutSeconds: {
    key: "suspend_timeout",
    default: 120,
    min: 1,
    max: TIMEOUT_SECONDS_MAX,
  },
  resumeTimeoutSeconds: { key: "resume_timeout", default: 900, min: 1, max: TIMEOUT_SECONDS_MAX },
  bareMetalResumeTimeoutSeconds: {
    key: "bare_metal_resume_timeout",
    default: 1800,
    min: 1,
    max: TIMEOUT_SECONDS_MAX,
  },
  credentialLifetimeSeconds: { key: "cred_expire", default: 60, min: 5, max: 3600 },
};

const NODE_WAIT = "wait_for_nodes";
const KEYS = [
  ...Object.values(TIMERS).map(({ key }) => key),
  NODE_WAIT,
  "partitions",
  "slurm_options",
];

export function readClusterOptions(
  located: Located | undefined,
  problems: ProblemCollector,
): ClusterOptions {
  const map = located && readMap(located, "write {suspend_time: 600} or the like", problems);
  if (map) reportUnknownKeys(map, KEYS, problems);
  const nodeWait = map && fieldOf(map, NODE_WAIT);
  const partitions = map && fieldOf(map, "partitions");
  const slurmOptions = map && fieldOf(map, "slurm_options");
  return {
    timers: readTimers(map ?? undefined, problems),
    hasNodeWait: (nodeWait && readChoice(nodeWait, ["true", "false"], problems)) !== "false",
    partitions: partitions ? readPartitions(partitions, problems) : [],
    slurmOptions: slurmOptions ? readGlobalOptions(slurmOptions, problems) : {},
  };
}

function readTimers(map: Located<PositionedMap> | undefined, problems: ProblemCollector): Timers {
  const read = (rule: TimerRule): number => {
    const located = map && fieldOf(map, rule.key);
    return (located && readWholeNumber(located, rule, problems)) ?? rule.default;
  };
  return {
    suspendTimeSeconds: read(TIMERS.suspendTimeSeconds),
    suspendTimeoutSeconds: read(TIMERS.suspendTimeoutSeconds),
    resumeTimeoutSeconds: read(TIMERS.resumeTimeoutSeconds),
    bareMetalResumeTimeoutSeconds: read(TIMERS.bareMetalResumeTimeoutSeconds),
    credentialLifetimeSeconds: read(TIMERS.credentialLifetimeSeconds),
  };
}

function readPartitions(
  located: Located,
  problems: ProblemCollector,
): ClusterOptions["partitions"] {
  const map = readMap(located, "write {compute: {MaxTime: 1-0}} or the like", problems);
  if (map === null) return [];
  return map.at.entries.flatMap((entry) => {
    const partition = locatedAt(map, entry);
    if (!PARTITION_NAME.pattern.test(entry.key) || entry.key.length > PARTITION_NAME.lengthMax) {
      problems.report(partition, "this is not the name of a partition", PARTITION_NAME.fix);
      return [];
    }
    const options = readMap(partition, "write {MaxTime: 1-0} or the like", problems);
    if (options === null) return [];
    const read = readSlurmOptions(options, PARTITION_OPTIONS, problems);
    return [{ name: entry.key, options: read, located: partition }];
  });
}

function readGlobalOptions(located: Located, problems: ProblemCollector): SlurmOptions {
  const map = readMap(located, "write {MaxArraySize: 5000} or the like", problems);
  return map === null ? {} : readSlurmOptions(map, GLOBAL_OPTIONS, problems);
}
