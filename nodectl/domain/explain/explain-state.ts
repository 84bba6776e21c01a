import { groupBy } from "../group-by.ts";
import { compressHostlist } from "../hostlist.ts";
import { explanation, type Explanation, type NodeNote } from "./explanation.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { exitWords, jobWords } from "./job-words.ts";
import { lastRefusal, refusalLine } from "./log-entries.ts";
import { phaseOf, type NodePhase } from "./node-phase.ts";
import { phaseWords } from "./phase-words.ts";
import { durationWords, timeWords } from "./time-words.ts";
import { counted, nodesWords } from "./words.ts";

/** A job that has its nodes, of which some are not up yet. */
export function explainBooting(job: JobRecord, facts: ClusterFacts): Explanation {
  const phases = job.nodeNames.map((name) => ({ name, phase: phaseOf(name, facts, job.startMs) }));
  const upCount = phases.filter(({ phase }) => phase.kind === "up").length;
  const total = phases.length;
  const progress = total === 1 ? "" : ` (${upCount} of ${total} are up)`;
  const what =
    total === 1
      ? "its node, and waits until that is up"
      : "its nodes, and waits until all of them are up";
  const headline =
    upCount === total
      ? `${jobWords(job)} has its ${counted(total, "node")}, and starts in a moment.`
      : `${jobWords(job)} has ${what}${progress}.`;
  const launching = phases.filter(({ phase }) => phase.kind === "launching");
  const refusal = lastRefusal(
    facts.log.filter(({ timeMs }) => timeMs >= (job.startMs ?? 0)),
    new Set(launching.map(({ name }) => name)),
  );
  return explanation({
    cause: "nodes-booting",
    headline,
    why: [
      "The nodes were off; Slurm has them started when a job needs them.",
      ...(refusal === undefined
        ? []
        : [
            `${refusalLine(refusal, facts.nowMs)} startnode goes through the other places that limits.yaml allows.`,
          ]),
    ],
    nodes: phaseNotes(phases, facts),
    next: nextOfBooting(job, facts, upCount === total),
    advice: [{ text: "Nothing has to be done: wait." }],
  });
}

function nextOfBooting(job: JobRecord, facts: ClusterFacts, isReady: boolean): readonly string[] {
  const { nowMs, expectations } = facts;
  const start = "The job starts a second or two after its last node has registered.";
  if (isReady || job.startMs === undefined) return [start];
  const giveUpMs = job.startMs + expectations.resumeTimeoutMs;
  return [
    start,
    `From launch to registration a node usually takes up to ${durationWords(expectations.bootMs)}.`,
    `A node that has not registered by ${timeWords(giveUpMs, nowMs)} is given up; a batch job is then put back into the queue and tried again.`,
    "If OCI has no machine for one of them, the job is told at once (AdminComment) and put back into the queue.",
  ];
}

/** Nodes of which the same is true stand together. */
export function phaseNotes(
  phases: readonly { readonly name: string; readonly phase: NodePhase }[],
  facts: ClusterFacts,
): readonly NodeNote[] {
  const groups = groupBy(phases, ({ phase }) => phaseWords(phase, facts));
  return [...groups].map(([words, members]) => ({
    nodes: compressHostlist(members.map(({ name }) => name)),
    notes: [words],
  }));
}

export function explainRunning(job: JobRecord, { nowMs }: ClusterFacts): Explanation {
  const since = job.startMs === undefined ? "" : ` since ${timeWords(job.startMs, nowMs)}`;
  const end =
    job.endMs === undefined || job.timeLimit === "UNLIMITED"
      ? "It has no time limit: it runs until it ends by itself."
      : `Its time limit (${job.timeLimit}) ends it at ${timeWords(job.endMs, nowMs)} at the latest.`;
  return explanation({
    cause: "running",
    headline: `${jobWords(job)} runs${since} on ${nodesWords(job.nodeNames)}.`,
    ...(job.restarts > 0 && {
      why: [
        `Slurm has started it ${counted(job.restarts + 1, "time")}: it was put back into the queue before.`,
      ],
    }),
    next: [end],
  });
}

export function explainCompleting(job: JobRecord): Explanation {
  return explanation({
    cause: "completing",
    headline: `${jobWords(job)} has ended, and Slurm waits until its processes are gone on ${nodesWords(job.nodeNames)}.`,
    next: [
      "Its nodes are free when the epilog has run; a node that does not answer is set DOWN after SlurmdTimeout, and replaced.",
    ],
  });
}

export function explainSuspended(job: JobRecord): Explanation {
  return explanation({
    cause: "suspended",
    headline: `${jobWords(job)} is stopped (${job.state}): somebody has suspended it, or another job has its processors for a while.`,
    next: ["It goes on where it was when it is resumed."],
    advice: [{ text: "An admin can resume it:", command: `sudo scontrol resume ${job.jobId}` }],
  });
}

const ADVICE_OF_END: Readonly<Record<string, string>> = {
  BOOT_FAIL:
    "Submit it again. An admin finds in /var/log/slurm/elastic.log what became of the nodes.",
  NODE_FAIL:
    "Submit it again; without --no-requeue Slurm puts a batch job back into the queue by itself.",
  OUT_OF_MEMORY: "Ask for more memory (--mem), or let it use less, and submit it again.",
  TIMEOUT: "Ask for more time (--time), or let it save its state, and submit it again.",
  DEADLINE: "Submit it again with a later --deadline.",
  PREEMPTED: "Submit it again, or with --requeue so that Slurm does so.",
  FAILED: "Look at what the job has written (its output file) for the cause.",
};

/** A job that Slurm still has in its memory, for MinJobAge: 300 s unless the admin changed it. */
export function explainEnded(job: JobRecord, { nowMs }: ClusterFacts): Explanation {
  const at = job.endMs === undefined ? "" : `, ${timeWords(job.endMs, nowMs)}`;
  const how =
    job.nodeNames.length > 0 && (job.state === "FAILED" || job.state === "COMPLETED")
      ? ` ${exitWords(job.exitStatus)}`
      : "";
  const where =
    job.nodeNames.length === 0 ? "It never ran." : `It had ${nodesWords(job.nodeNames)}.`;
  const advice = ADVICE_OF_END[job.state];
  return explanation({
    cause: "ended",
    headline: `${jobWords(job)} has ended: ${job.state}${how}${at}.`,
    why: [
      where,
      ...(job.reason === "None" || job.reason === "" ? [] : [`Slurm's word: ${job.reason}.`]),
      ...(job.adminComment === "" ? [] : [`It was told: "${job.adminComment}".`]),
    ],
    advice: [
      ...(advice === undefined ? [] : [{ text: advice }]),
      {
        text: "What accounting has of it, if there is accounting:",
        command: `sacct -j ${job.jobId}`,
      },
    ],
  });
}
