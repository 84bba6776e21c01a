import { compressHostlist } from "../hostlist.ts";
import { explanation, type Explanation, type NodeNote } from "./explanation.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { jobWords, partitionWords, updateCommand } from "./job-words.ts";
import { isBlockedByItself, sortCandidates } from "./job-cause.ts";
import { phaseNotes } from "./explain-state.ts";
import { phaseOf } from "./node-phase.ts";
import { timeWords } from "./time-words.ts";
import { counted, countedBe, listWords, nodesWords } from "./words.ts";

/** More lines about busy nodes help nobody. */
const NOTES_MAX = 12;

/** Others are before it in the queue. */
export function explainPriority(job: JobRecord, facts: ClusterFacts): Explanation {
  const before = jobsBefore(job, facts);
  const [first] = before;
  const who =
    before.length === 0
      ? "Slurm says that other jobs are before it."
      : `Before it in the queue: ${listWords(before.map(({ id, user }) => `${id} (${user})`))}.`;
  return explanation({
    cause: "lower-priority",
    headline: `${jobWords(job)} waits its turn: ${before.length === 0 ? "other jobs are" : countedBe(before.length, "job")} before it in ${partitionWords(job)}.`,
    why: [
      who,
      "Slurm starts jobs by priority; one that fits into a gap without delaying those before it may start earlier.",
    ],
    next: [planWords(job, facts)],
    advice: [
      ...(first === undefined
        ? []
        : [{ text: "What the first of them waits for:", command: `citc explain ${first.id}` }]),
      ...shorterAdvice(job),
    ],
  });
}

/** In the order in which Slurm looks at them. */
function jobsBefore(job: JobRecord, { jobs, nowMs }: ClusterFacts): readonly JobRecord[] {
  return jobs
    .filter(
      (other) =>
        other.state === "PENDING" &&
        other.id !== job.id &&
        canStart(other, nowMs) &&
        other.partitions.some((name) => job.partitions.includes(name)) &&
        (other.priority > job.priority ||
          (other.priority === job.priority && other.jobId < job.jobId)),
    )
    .toSorted((a, b) => b.priority - a.priority || a.jobId - b.jobId);
}

/** Neither held, nor waiting for its time or for what can never be. */
function canStart(job: JobRecord, nowMs: number): boolean {
  const isEligible = job.eligibleMs !== undefined && job.eligibleMs <= nowMs;
  return job.priority > 0 && isEligible && !isBlockedByItself(job);
}

/** The nodes that it needs have other jobs. */
export function explainBusy(job: JobRecord, facts: ClusterFacts): Explanation {
  const candidates = sortCandidates(job, facts);
  const names = candidates?.all ?? [];
  const needs = `it needs ${counted(job.nodeCount, "node")}`;
  const has =
    candidates === undefined
      ? ""
      : `; of the ${names.length} that fit, ${candidates.free.length} ${candidates.free.length === 1 ? "is" : "are"} free`;
  return explanation({
    cause: "nodes-busy",
    headline: `${jobWords(job)} waits until nodes are free: ${needs}${has}.`,
    why: [],
    nodes: busyNotes(names, facts),
    next: [planWords(job, facts)],
    advice: [
      ...(candidates !== undefined && candidates.free.length > 0 && job.nodeCount > 1
        ? [
            {
              text: `Ask for fewer nodes, if the job can do with them; ${candidates.free.length} could be had now:`,
              command: updateCommand(job, `numnodes=${candidates.free.length}`),
            },
          ]
        : []),
      ...shorterAdvice(job),
      {
        text: "An admin can allow more nodes of this shape: raise their number in limits.yaml, then",
        command: "~opc/finish",
      },
    ],
  });
}

/** Which job has which nodes, and until when at the latest. */
function busyNotes(names: readonly string[], facts: ClusterFacts): readonly NodeNote[] {
  const wanted = new Set(names);
  const holders = facts.jobs
    .map((holder) => ({ holder, held: holder.nodeNames.filter((name) => wanted.has(name)) }))
    .filter(({ held, holder }) => held.length > 0 && holder.state !== "PENDING")
    .toSorted((a, b) => (a.holder.endMs ?? Infinity) - (b.holder.endMs ?? Infinity));
  const notes = holders.slice(0, NOTES_MAX).map(({ holder, held }) => ({
    nodes: compressHostlist(held),
    notes: [holderWords(holder, facts.nowMs)],
  }));
  const phases = names.map((name) => ({ name, phase: phaseOf(name, facts) }));
  const others = phases.filter(({ phase }) => !["up", "to-be-woken"].includes(phase.kind));
  return [...notes, ...phaseNotes(others, facts)].slice(0, NOTES_MAX);
}

function holderWords({ id, user, endMs, timeLimit }: JobRecord, nowMs: number): string {
  const until =
    endMs === undefined || timeLimit === "UNLIMITED"
      ? "without a time limit"
      : `until ${timeWords(endMs, nowMs)} at the latest`;
  return `job ${id} of ${user}, ${until}`;
}

/** Too few of its nodes are in service, and not because OCI had no machine. */
export function explainOutOfService(job: JobRecord, facts: ClusterFacts): Explanation {
  const candidates = sortCandidates(job, facts);
  const out = candidates?.outOfService ?? [];
  const notes = phaseNotes(
    out.map((name) => ({ name, phase: phaseOf(name, facts) })),
    facts,
  );
  const left = candidates?.inService.length ?? 0;
  const headline =
    candidates === undefined
      ? `${jobWords(job)} waits: Slurm says that nodes which it needs are not available.`
      : `${jobWords(job)} waits: it needs ${counted(job.nodeCount, "node")}, and of the ${candidates.all.length} that fit ${left === 0 ? "none is" : left === 1 ? "only 1 is" : `only ${left} are`} in service.`;
  return explanation({
    cause: "nodes-out-of-service",
    headline,
    why: [`Slurm's words: ${job.reason}.`],
    nodes: notes.slice(0, NOTES_MAX),
    next: [
      "A node that a person took out of service stays so until a person returns it; one that Slurm or citc took out is replaced and comes back by itself.",
    ],
    advice: [
      ...(job.requestedNodes.length > 0
        ? [{ text: "Do not insist on these nodes:", command: updateCommand(job, "reqnodelist=") }]
        : []),
      ...(out.length === 0
        ? []
        : [
            { text: "More about one of them:", command: `citc explain ${out[0] ?? ""}` },
            {
              text: "An admin can return them to service, once they are mended:",
              command: `sudo scontrol update nodename=${compressHostlist(out)} state=resume`,
            },
          ]),
    ],
  });
}

/** Nothing stands in its way. */
export function explainSoon(job: JobRecord, facts: ClusterFacts): Explanation {
  const free = sortCandidates(job, facts)?.free ?? [];
  const off = free.filter((name) => phaseOf(name, facts).kind === "to-be-woken");
  return explanation({
    cause: "about-to-start",
    headline: `${jobWords(job)} should get its nodes in a moment: enough of them are free.`,
    why: [
      `${free.length} of the nodes that fit are free${off.length === 0 ? "" : `, ${off.length} of them off: Slurm wakes what it needs`}. Slurm has not looked at the job since; its word of then: ${job.reason}.`,
    ],
    next: [
      "Slurm looks at waiting jobs when one is submitted or ends, and at least once a minute.",
    ],
    advice: [{ text: "Ask again in a minute.", command: `citc explain ${job.id}` }],
  });
}

/** What Slurm's backfill scheduler means to do; it makes a plan only for jobs with a time limit. */
function planWords({ startMs, plannedNodes }: JobRecord, { nowMs }: ClusterFacts): string {
  if (startMs === undefined || startMs <= nowMs) return "Slurm has no plan yet for when it starts.";
  const where = plannedNodes.length === 0 ? "" : ` on ${nodesWords(plannedNodes)}`;
  return `Slurm plans to start it at ${timeWords(startMs, nowMs)}${where}, earlier if other jobs end earlier.`;
}

function shorterAdvice(job: JobRecord): Explanation["advice"] {
  return [
    {
      text: `Give it a shorter time limit (it has ${job.timeLimit}), if that is true: what is short fits into gaps.`,
      command: updateCommand(job, "timelimit=HH:MM:SS"),
    },
  ];
}
