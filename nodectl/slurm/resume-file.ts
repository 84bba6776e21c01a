import { errorText } from "../domain/error-text.ts";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { expandHostlist } from "../domain/hostlist.ts";
import { resumeJobs, type ResumedJob, type ResumeJobs } from "../domain/resume-jobs.ts";
import { asFields } from "./json-fields.ts";

export type ResumeFile =
  | { readonly kind: "read"; readonly jobs: ResumeJobs }
  /** Launches do not need it; only nobody can be told which job lost its node. */
  | { readonly kind: "unreadable"; readonly message: string };

/** A job of 24.11 takes 200 bytes and its node names; this is room for 100,000 jobs. */
const BYTES_MAX = 32 * 1024 * 1024;

/**
 * Reads SLURM_RESUME_FILE. It is a file in memory that slurmctld (from 23.02 on slurmscriptd) holds open, and it is
 * promised for ten seconds only (Power Saving Guide): read it before anything else. Never throws for what is in it.
 */
export async function readResumeFile(path: string): Promise<ResumeFile> {
  try {
    return { kind: "read", jobs: parseResumeFile(await readBounded(path)) };
  } catch (error) {
    const message = errorText(error);
    return { kind: "unreadable", message: `${path}: ${message}` };
  }
}

async function readBounded(path: string): Promise<string> {
  // What is none of Slurm's files (a pipe) must not hold us.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > BYTES_MAX) throw new Error(`more than ${BYTES_MAX} bytes`);
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * Both forms, seen on 22.05.8 and 24.11.5: `{"jobs":[{"job_id":4,"nodes":"c[6-7]"}],"all_nodes":"c[6-7]"}`, and from
 * 23.02 on `nodes_resume` (the nodes that wake) beside `nodes_alloc` (all of the job's). The file has no version.
 * @throws Error naming what is not as Slurm writes it
 */
export function parseResumeFile(text: string): ResumeJobs {
  const { jobs } = asFields(JSON.parse(text), "the file");
  if (!Array.isArray(jobs)) throw new Error("jobs is not a list");
  return resumeJobs(jobs.map(readJob));
}

function readJob(value: unknown, index: number): ResumedJob {
  const job = asFields(value, `jobs[${index}]`);
  const jobId = job["job_id"];
  if (!Number.isSafeInteger(jobId)) throw new Error(`jobs[${index}]: job_id is not a number`);
  const nodes = job["nodes_resume"] ?? job["nodes"];
  if (typeof nodes !== "string") throw new Error(`jobs[${index}]: it names no nodes`);
  return { jobId: jobId as number, nodeNames: nodes === "" ? [] : namesOf(nodes, index) };
}

function namesOf(hostlist: string, index: number): readonly string[] {
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "valid") return expanded.value;
  throw new Error(`jobs[${index}]: ${JSON.stringify(hostlist)}: ${expanded.message}`);
}
