import { groupBy } from "../group-by.ts";
import { explanation, type Explanation } from "./explanation.ts";
import {
  explainBeginTime,
  explainBrokenDependency,
  explainDependency,
  explainOther,
  explainRequeued,
} from "./explain-time.ts";
import { explainNoMachine } from "./explain-no-machine.ts";
import { explainBusy, explainOutOfService, explainPriority, explainSoon } from "./explain-queue.ts";
import {
  explainBooting,
  explainCompleting,
  explainEnded,
  explainRunning,
  explainSuspended,
} from "./explain-state.ts";
import {
  explainHeld,
  explainPartition,
  explainTimeLimit,
  explainTooMuch,
} from "./explain-wishes.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { causeOf, type JobCause } from "./job-cause.ts";
import { counted } from "./words.ts";

/**
 * Why a job waits, or what else it does. Pure: the same facts give the same sentences.
 * @param records what Slurm has under the id: several for an array or a heterogeneous job, none when it knows no such job
 */
export function explainJob(
  id: string,
  records: readonly JobRecord[],
  facts: ClusterFacts,
): Explanation {
  const [only] = records;
  if (only === undefined) return explainUnknown(id);
  if (records.length === 1) return explainOne(only, facts);
  return explainSeveral(id, records, facts);
}

function explainOne(job: JobRecord, facts: ClusterFacts): Explanation {
  const cause = causeOf(job, facts);
  return EXPLAINERS[cause](job, facts);
}

const EXPLAINERS: Readonly<Record<JobCause, (job: JobRecord, facts: ClusterFacts) => Explanation>> =
  {
    ended: explainEnded,
    running: explainRunning,
    suspended: explainSuspended,
    completing: explainCompleting,
    "nodes-booting": explainBooting,
    "held-by-user": (job) => explainHeld(job, "user"),
    "held-by-admin": (job) => explainHeld(job, "admin"),
    "held-after-requeues": (job) => explainHeld(job, "requeues"),
    dependency: explainDependency,
    "dependency-never-satisfied": explainBrokenDependency,
    "begin-time": explainBeginTime,
    requeued: explainRequeued,
    "no-machine": explainNoMachine,
    "asks-too-much": explainTooMuch,
    "time-limit-too-long": explainTimeLimit,
    "partition-closed": explainPartition,
    "nodes-out-of-service": explainOutOfService,
    "lower-priority": explainPriority,
    "nodes-busy": explainBusy,
    "about-to-start": explainSoon,
    other: explainOther,
  };

/** Tasks of an array beyond this are counted and not listed. */
const TASKS_SHOWN_MAX = 10;

/** An array or a heterogeneous job: all of its parts in short, and the first that waits at length. */
function explainSeveral(
  id: string,
  records: readonly JobRecord[],
  facts: ClusterFacts,
): Explanation {
  const first = records.find(({ state }) => state === "PENDING" || state === "CONFIGURING");
  const chosen = first ?? records[0];
  const states = [...groupBy(records, ({ state }) => state)]
    .map(([state, those]) => `${those.length} ${state}`)
    .join(", ");
  const lines = records
    .slice(0, TASKS_SHOWN_MAX)
    .map((job) => `${job.id}: ${causeOf(job, facts).replaceAll("-", " ")}`);
  const more = records.length - lines.length;
  if (chosen === undefined) return explainUnknown(id);
  const one = explainOne(chosen, facts);
  return {
    ...one,
    headline: `Job ${id} has ${counted(records.length, "part")} (${states}). ${one.headline}`,
    why: [...lines, ...(more > 0 ? [`and ${more} more`] : []), ...one.why],
    advice: [
      ...one.advice,
      {
        text: "Each part can be asked for by itself:",
        command: `citc explain ${chosen.id.replace(/_\[(\d+).*$/, "_$1")}`,
      },
    ],
  };
}

function explainUnknown(id: string): Explanation {
  return explanation({
    cause: "unknown-job",
    headline: `Slurm does not know a job ${id}: there never was one, or it ended some minutes ago.`,
    why: ["slurmctld forgets a job some minutes after its end (MinJobAge, 300 s by default)."],
    advice: [
      { text: "What accounting has of it, if there is accounting:", command: `sacct -j ${id}` },
      { text: "Your jobs that wait or run:", command: "squeue --me" },
    ],
  });
}
