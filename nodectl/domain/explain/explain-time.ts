import { explanation, type Explanation } from "./explanation.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { jobWords, updateCommand } from "./job-words.ts";
import { timeWords } from "./time-words.ts";
import { counted } from "./words.ts";

/** sbatch --begin, or scontrol update starttime. */
export function explainBeginTime(job: JobRecord, { nowMs }: ClusterFacts): Explanation {
  const when = job.eligibleMs === undefined ? "later" : `at ${timeWords(job.eligibleMs, nowMs)}`;
  return explanation({
    cause: "begin-time",
    headline: `${jobWords(job)} is to start ${when}, not earlier: so it was submitted (--begin).`,
    next: ["At that time it is put into the queue; if its nodes are off, they are started then."],
    advice: [
      { text: "To let it start as soon as it can:", command: updateCommand(job, "starttime=now") },
    ],
  });
}

/** Put back by Slurm, because its node was lost, or by somebody (scontrol requeue). */
export function explainRequeued(job: JobRecord, { nowMs }: ClusterFacts): Explanation {
  const when = job.eligibleMs === undefined ? "soon" : `after ${timeWords(job.eligibleMs, nowMs)}`;
  return explanation({
    cause: "requeued",
    headline: `${jobWords(job)} was put back into the queue, and is looked at again ${when}.`,
    why: [
      `It was put back ${counted(job.restarts, "time")} so far: a node of it was lost, could not be started, or somebody has requeued it.`,
      "Slurm lets a requeued job wait a little (cred_expire and a second), until its old nodes are surely quiet.",
      ...(job.adminComment === "" ? [] : [`It was told: "${job.adminComment}".`]),
    ],
    next: ["Then it gets nodes like any other job, and starts again from its beginning."],
    advice: [{ text: "Nothing has to be done: wait." }],
  });
}

/** What each kind of dependency waits for (sbatch(1), --dependency). */
const DEPENDENCIES: Readonly<Record<string, string>> = {
  after: "has started",
  afterany: "has ended, however",
  afterok: "has ended well",
  afternotok: "has failed",
  aftercorr: "has ended well, task by task",
  afterburstbuffer: "has ended and its data are moved",
};

export function explainDependency(job: JobRecord, facts: ClusterFacts): Explanation {
  const parts = job.dependency.split(/[,?]/).filter((part) => part !== "");
  return explanation({
    cause: "dependency",
    headline: `${jobWords(job)} waits for other jobs (--dependency=${job.dependency.replaceAll(/\([^)]*\)/g, "")}).`,
    why: parts.map((part) => dependencyWords(part, facts)),
    next: ["It is put into the queue when that has come true."],
    advice: [{ text: "To let it start without:", command: updateCommand(job, "dependency=") }],
  });
}

export function explainBrokenDependency(job: JobRecord): Explanation {
  return explanation({
    cause: "dependency-never-satisfied",
    headline: `${jobWords(job)} can never start: what it depends on (${job.dependency}) cannot come true any more.`,
    why: [
      "With afterok a job starts only when the other has ended well; that one has failed, was cancelled, or is not known.",
    ],
    next: ["It stays in the queue until somebody cancels or changes it."],
    advice: [
      { text: "To cancel it:", command: `scancel ${job.id}` },
      { text: "To let it start all the same:", command: updateCommand(job, "dependency=") },
    ],
  });
}

/** `afterok:1(unfulfilled)`, `afterany:7_*(unfulfilled)`, `singleton(unfulfilled)` (seen on 22.05.8 and 24.11.5). */
function dependencyWords(part: string, { jobs }: ClusterFacts): string {
  if (part.startsWith("singleton")) {
    return "It starts when no other job of the same user and name is in the queue before it (singleton).";
  }
  const [, kind = "", id = ""] = /^([a-z]+):(\d+(?:_(?:\d+|\*))?)/.exec(part) ?? [];
  const words = DEPENDENCIES[kind];
  if (words === undefined) return `It depends on: ${part}.`;
  const other = jobs.find((one) => one.id === id || String(one.jobId) === id);
  const state = other === undefined ? "" : ` (job ${id} is ${other.state} now)`;
  return `It starts when job ${id} ${words}${state}.`;
}

/** Further reasons of Slurm (squeue(1), JOB REASON CODES), as what they mean for the user. */
const WORDS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^Licenses$/, "the licences that it asks for (--licenses) are all in use"],
  [/^Reservation/, "the reservation that it asks for has not begun, or has ended"],
  [
    /^JobArrayTaskLimit$/,
    "as many tasks of the array run as it allows at once (the number after % in --array)",
  ],
  [/^MaxPowered/, "as many nodes are powered up as the configuration allows"],
  [
    /^Assoc(Grp|Max)|^(Grp|Max)|^Association/,
    "its account or user has reached a limit that accounting sets",
  ],
  [/^(QOS|Qos)/, "its quality of service (QOS) has reached or does not allow what it asks for"],
  [/^InvalidAccount$/, "its account is not known to accounting any more"],
  [/^InvalidQOS$/, "its QOS is not known to accounting any more"],
  [/^BurstBuffer/, "its data are being moved to where it will run"],
  [/^(Prolog|Configuring)$/, "its nodes are being prepared"],
  [/^DeadLine$/, "it cannot end before its deadline any more"],
  [/^FedJobLock$/, "the clusters of the federation agree on who runs it"],
];

export function explainOther(job: JobRecord, { nowMs }: ClusterFacts): Explanation {
  const words = WORDS.find(([pattern]) => pattern.test(job.reason))?.[1];
  const plan =
    job.startMs === undefined
      ? []
      : [`Slurm plans to start it at ${timeWords(job.startMs, nowMs)}.`];
  return explanation({
    cause: "other",
    headline: `${jobWords(job)} waits: ${words ?? `Slurm says "${job.reason}"`}.`,
    why: [
      ...(words === undefined ? [] : [`Slurm's word: ${job.reason}.`]),
      ...(job.adminComment === "" ? [] : [`AdminComment: "${job.adminComment}".`]),
    ],
    next: plan,
    advice: [
      { text: "What each of Slurm's words means, under JOB REASON CODES:", command: "man squeue" },
    ],
  });
}
