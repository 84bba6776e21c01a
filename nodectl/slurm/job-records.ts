import type { JobRecord } from "../domain/explain/facts.ts";
import { expandHostlist } from "../domain/hostlist.ts";
import type { JobInquiry } from "./control.ts";
import { callSlurm, type SlurmOptions } from "./run-slurm.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";
import type { SubprocessResult } from "../files/subprocess.ts";

/**
 * Names of `squeue --Format`, in the order in which they are printed. The same text in every release (seen on 22.05.8 and
 * 24.11.5), where JSON has two families, and 22.05's always lists all jobs. Times in seconds since the epoch
 * (SLURM_TIME_FORMAT).
 */
const FIELDS = [
  "JobID",
  "JobArrayID",
  "UserName",
  "State",
  "Reason",
  "PriorityLong",
  "NumNodes",
  "MinCpus",
  "MinMemory",
  "TimeLimit",
  "Partition",
  "Feature",
  "tres-per-node",
  "Dependency",
  "ReqNodes",
  "NodeList",
  "SchedNodes",
  "EligibleTime",
  "StartTime",
  "EndTime",
  "RestartCnt",
  "exit_code",
  "admin_comment",
] as const;

type Field = (typeof FIELDS)[number];
type Fields = Readonly<Record<Field, string>>;

/** Control characters that no field has: what users write may hold everything else, line breaks too. */
const FIELD_END = "\u001f";
const RECORD_END = "\u001e";

/** A width of 0 cuts nothing, and what stands behind it ends the field (squeue(1), --Format). */
const FORMAT = FIELDS.map((field, index) => {
  const isLast = index === FIELDS.length - 1;
  return `${field}:0${isLast ? RECORD_END : FIELD_END}`;
}).join(",");

/** JobInquiry by squeue. */
export function createJobInquiry(options: SlurmOptions): JobInquiry {
  const ask = async (...words: readonly string[]): Promise<readonly JobRecord[]> => {
    const common = ["--all", "--noheader", `--Format=${FORMAT}`];
    const result = await callSlurm(options, "squeue", [...common, ...words]);
    return readJobRecords(result);
  };
  return {
    findJobs: async (id) => {
      try {
        const found = await ask("--states=all", `--jobs=${id}`);
        return found.filter((job) => isMeant(job, id));
      } catch (error) {
        const isUnknown =
          error instanceof SlurmCommandError && error.says("Invalid job id specified");
        if (isUnknown) return [];
        throw error;
      }
    },
    activeJobs: () => ask(),
  };
}

/** squeue lists all parts of a heterogeneous job for one of them; 12_3 may still be among 12_[1-5]. */
function isMeant(job: JobRecord, id: string): boolean {
  return !/^\d+\+\d+$/.test(id) || job.id === id;
}

function readJobRecords(result: SubprocessResult): readonly JobRecord[] {
  return result.stdout
    .split(RECORD_END)
    .map((text) => text.replace(/^\n/, ""))
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const values = text.split(FIELD_END);
      const jobId = Number(values[0]);
      if (values.length !== FIELDS.length || !Number.isSafeInteger(jobId)) {
        const shown = JSON.stringify(text.slice(0, 120));
        throw new SlurmCommandError(result, `squeue wrote ${shown}, which is no job`);
      }
      const fields = Object.fromEntries(
        FIELDS.map((field, index) => [field, valueOf(values[index] ?? "")]),
      ) as Fields;
      return toRecord(jobId, fields);
    });
}

function toRecord(jobId: number, fields: Fields): JobRecord {
  return {
    jobId,
    id: fields.JobArrayID,
    user: fields.UserName,
    state: fields.State,
    reason: fields.Reason,
    priority: numberOf(fields.PriorityLong),
    nodeCount: numberOf(fields.NumNodes),
    cpusPerNodeMin: numberOf(fields.MinCpus),
    memory: fields.MinMemory,
    timeLimit: fields.TimeLimit,
    partitions: fields.Partition.split(",").filter((name) => name !== ""),
    features: fields.Feature,
    gres: fields["tres-per-node"],
    dependency: fields.Dependency,
    requestedNodes: namesOf(fields.ReqNodes),
    nodeNames: namesOf(fields.NodeList),
    plannedNodes: namesOf(fields.SchedNodes),
    eligibleMs: timeOf(fields.EligibleTime),
    startMs: timeOf(fields.StartTime),
    endMs: timeOf(fields.EndTime),
    restarts: numberOf(fields.RestartCnt),
    exitStatus: exitStatusOf(fields.exit_code),
    adminComment: fields.admin_comment,
  };
}

/** What Slurm prints for nothing. */
const NOTHING = new Set(["(null)", "N/A", "NONE"]);

function valueOf(text: string): string {
  return NOTHING.has(text.trim()) ? "" : text.trim();
}

function numberOf(text: string): number {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? 0 : number;
}

function timeOf(text: string): number | undefined {
  return /^\d+$/.test(text) && text !== "0" ? Number(text) * 1000 : undefined;
}

/** `15` on 22.05, as wait(2) has it; `0:15`, value and signal, on 24.11. */
function exitStatusOf(text: string): number {
  const [, value, signal] = /^(\d+):(\d+)$/.exec(text) ?? [];
  return value === undefined ? numberOf(text) : (Number(value) << 8) | Number(signal);
}

function namesOf(hostlist: string): readonly string[] {
  if (hostlist === "") return [];
  const expanded = expandHostlist(hostlist);
  // Slurm 22.05 lets a user write what is no list of names; it is shown nowhere then.
  return expanded.kind === "valid" ? expanded.value : [];
}
