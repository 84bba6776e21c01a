import { expandedNames } from "../group-names.ts";
import { explanation, type Explanation } from "./explanation.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { isAllowedOn, lacksOf } from "./job-fit.ts";
import { reasonWord } from "./job-cause.ts";
import { jobWords, partitionWords, updateCommand } from "./job-words.ts";
import { counted, listWords } from "./words.ts";

/** No time brings what the cluster does not have. */
export function explainTooMuch(job: JobRecord, facts: ClusterFacts): Explanation {
  const allowed = facts.groups.filter(
    (group) => group.isRetired !== true && isAllowedOn(job, group),
  );
  const fitting = allowed.filter((group) => lacksOf(job, group).length === 0);
  const count = fitting.reduce((sum, group) => sum + expandedNames(group).length, 0);
  const lacks = [...new Set(allowed.flatMap((group) => lacksOf(job, group)))];
  const isUnknown = facts.groups.length === 0;
  return explanation({
    cause: "asks-too-much",
    headline: `${jobWords(job)} cannot start as it is: it asks for more than ${partitionWords(job)} ${job.partitions.length === 1 ? "has" : "have"}.`,
    why: [
      ...(isUnknown
        ? []
        : [
            `It asks for ${counted(job.nodeCount, "node")}; ${counted(count, "node")} there ${count === 1 ? "has" : "have"} what it wants.`,
          ]),
      ...(lacks.length > 0 ? [`Nodes there do not have: ${listWords(lacks)}.`] : []),
      `Slurm's word: ${job.reason}.`,
    ],
    next: ["It stays in the queue and never starts, unless it or the cluster is changed."],
    advice: [
      ...(count > 0 && count < job.nodeCount
        ? [
            {
              text: "Ask for no more nodes than there are:",
              command: updateCommand(job, `numnodes=${count}`),
            },
          ]
        : []),
      {
        text: "What there is: partitions, nodes, processors, memory in MiB, features.",
        command: "sinfo -o '%P %D %c %m %f'",
      },
      { text: "Or cancel it, and submit it with smaller wishes:", command: `scancel ${job.id}` },
      {
        text: "An admin can add shapes, or raise their number, in limits.yaml; then",
        command: "~opc/finish",
      },
    ],
  });
}

export function explainTimeLimit(job: JobRecord, { partitions }: ClusterFacts): Explanation {
  const limits = partitions
    .filter(({ name, options }) => job.partitions.includes(name) && isLimit(options["MaxTime"]))
    .map(({ name, options }) => `${name}: ${options["MaxTime"] ?? ""}`);
  return explanation({
    cause: "time-limit-too-long",
    headline: `${jobWords(job)} cannot start as it is: its time limit, ${job.timeLimit}, is longer than ${partitionWords(job)} ${job.partitions.length === 1 ? "allows" : "allow"}.`,
    why:
      limits.length === 0
        ? []
        : [
            `As finish wrote it, the longest time is ${listWords(limits)}; scontrol may have changed it since.`,
          ],
    next: [
      "It stays in the queue and never starts, unless its limit or the partition's is changed.",
    ],
    advice: [
      {
        text: "What the partition allows (MaxTime):",
        command: `scontrol show partition ${job.partitions[0] ?? ""}`,
      },
      { text: "Give it a shorter limit:", command: updateCommand(job, "timelimit=HH:MM:SS") },
    ],
  });
}

/** Otherwise scontrol has set the limit since, and the files do not know it. */
function isLimit(maxTime: string | undefined): boolean {
  return maxTime !== undefined && !/^(infinite|unlimited)$/i.test(maxTime);
}

export function explainPartition(job: JobRecord): Explanation {
  const isDown = reasonWord(job) === "PartitionDown";
  return explanation({
    cause: "partition-closed",
    headline: `${jobWords(job)} waits: an admin has closed ${partitionWords(job)} (${isDown ? "DOWN: it starts no jobs" : "INACTIVE: it takes and starts no jobs"}).`,
    why: [],
    next: ["It starts when the partition is opened again."],
    advice: [
      { text: "Other partitions:", command: "sinfo -s" },
      { text: "To move the job to one of them:", command: updateCommand(job, "partition=NAME") },
      {
        text: "An admin can open it:",
        command: `sudo scontrol update partition=${job.partitions[0] ?? ""} state=up`,
      },
    ],
  });
}

export function explainHeld(job: JobRecord, by: "user" | "admin" | "requeues"): Explanation {
  const release = `scontrol release ${job.id}`;
  switch (by) {
    case "user":
      return explanation({
        cause: "held-by-user",
        headline: `${jobWords(job)} is held by its owner: it waits until it is released.`,
        advice: [{ text: "To let it start (its owner or an admin):", command: release }],
      });
    case "admin":
      return explanation({
        cause: "held-by-admin",
        headline: `${jobWords(job)} is held by an admin: only an admin can release it.`,
        advice: [
          { text: "Ask the cluster's admin why." },
          { text: "An admin can release it:", command: `sudo ${release}` },
        ],
      });
    case "requeues":
      return explanation({
        cause: "held-after-requeues",
        headline: `${jobWords(job)} is held by Slurm: it was put back into the queue too often, because it could not be started.`,
        why: [
          `It was put back ${counted(job.restarts, "time")}. Slurm does so when a job cannot be started on its nodes: a prolog that fails, or a directory that is missing there.`,
          ...(job.adminComment === "" ? [] : [`It was told: "${job.adminComment}".`]),
        ],
        advice: [
          { text: "An admin finds in slurmctld.log why it did not start." },
          { text: "Then, to try again:", command: release },
        ],
      });
  }
}
