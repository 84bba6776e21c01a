import { compressHostlist } from "../domain/hostlist.ts";
import type { JobNotices, NodeJobs, NoticedJob } from "./control.ts";
import { callSlurm, type SlurmOptions } from "./run-slurm.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";
import type { SubprocessResult } from "../files/subprocess.ts";
import { cutIntoBatches } from "./update-in-batches.ts";

/** Enough to tell whose comment it is. */
const COMMENT_WIDTH = 20;

/** Slurm says so of the jobs of a list that it passes over; it has done the others (seen on 22.05.8 and 24.11.5). */
const ENDED = ["Invalid job id specified", "Job has already finished"];

const FORMAT = `--Format=JobID:20,BatchFlag:4,admin_comment:${COMMENT_WIDTH}`;

/** JobNotices and NodeJobs by squeue and scontrol. */
export function createJobNotices(options: SlurmOptions): JobNotices & NodeJobs {
  const call = (program: string, words: readonly string[]): Promise<string> =>
    outputOrEnded(callSlurm(options, program, words));
  return {
    listJobs: async (jobIds) => {
      const jobs: NoticedJob[] = [];
      for (const batch of cutIntoBatches([...new Set(jobIds)])) {
        const words = ["--all", "--noheader", `--jobs=${batch.join(",")}`, FORMAT];
        const wanted = new Set(batch);
        jobs.push(
          ...readJobs(await call("squeue", words)).filter(({ jobId }) => wanted.has(jobId)),
        );
      }
      return jobs;
    },
    jobsOnNodes: async (nodeNames) => {
      const jobs = new Map<number, NoticedJob>();
      for (const batch of cutIntoBatches([...new Set(nodeNames)])) {
        const words = ["--all", "--noheader", `--nodelist=${compressHostlist(batch)}`, FORMAT];
        for (const job of readJobs(await call("squeue", words))) jobs.set(job.jobId, job);
      }
      return [...jobs.values()];
    },
    setAdminComment: async (jobIds, text) => {
      for (const batch of cutIntoBatches([...new Set(jobIds)])) {
        await call("scontrol", ["update", `jobid=${batch.join(",")}`, `admincomment=${text}`]);
      }
    },
    notify: async (jobId, text) => {
      await call("scontrol", ["notify", String(jobId), text]);
    },
  };
}

async function outputOrEnded(result: Promise<SubprocessResult>): Promise<string> {
  try {
    return (await result).stdout;
  } catch (error) {
    const isEnded = error instanceof SlurmCommandError && ENDED.some((words) => error.says(words));
    if (isEnded) return "";
    throw error;
  }
}

/** The id of an array's last task is the array's own, so that asking for it lists the waiting tasks too. */
function readJobs(text: string): readonly NoticedJob[] {
  const jobs = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): NoticedJob => {
      const comment = line.slice(24).trim();
      return {
        jobId: Number(line.slice(0, 20)),
        isInteractive: line.slice(20, 24).trim() === "0",
        adminComment: comment === "(null)" ? "" : comment,
      };
    });
  return [...new Map(jobs.map((job) => [job.jobId, job])).values()];
}
