import { compressHostlist } from "../domain/hostlist.ts";
import type { JobAtRisk, JobsAtRisk } from "./control.ts";
import { callSlurm, type SlurmOptions } from "./run-slurm.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";

/** Names a call: written one by one they are 64 kB, half of what Linux takes as one argument. */
const BATCH_SIZE_MAX = 1_000;

/** Those that a node's end would harm: pending ones have no node, completing ones are over. */
const STATES = "RUNNING,CONFIGURING,SUSPENDED,STOPPED";

/** Fields of fixed widths: the same text in every version (22.05.8 and 24.11.5). */
const FIELDS = "JobArrayID:40,BatchFlag:4,Requeue:4,UserName:64";

/** JobsAtRisk by squeue. */
export function createJobsAtRisk(options: SlurmOptions): JobsAtRisk {
  return {
    jobsAtRisk: async (names) => {
      const jobs = new Map<string, JobAtRisk>();
      for (let from = 0; from < names.length; from += BATCH_SIZE_MAX) {
        const nodes = compressHostlist(names.slice(from, from + BATCH_SIZE_MAX));
        for (const job of await jobsOnNodes(options, nodes)) jobs.set(job.id, job);
      }
      return [...jobs.values()];
    },
  };
}

async function jobsOnNodes(options: SlurmOptions, nodes: string): Promise<readonly JobAtRisk[]> {
  const words = ["--all", "--noheader", `--states=${STATES}`, `--nodelist=${nodes}`, "--sort=i"];
  const result = await callSlurm(options, "squeue", [...words, `--Format=${FIELDS}`]);
  const lines = result.stdout.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, id, batchFlag, requeue, user] = /^(\S+) +(\d) +(\d) +(\S+) *$/.exec(line) ?? [];
    if (id === undefined || user === undefined) {
      throw new SlurmCommandError(result, `squeue wrote ${JSON.stringify(line.slice(0, 120))}`);
    }
    return { id, user, isRequeueable: batchFlag !== "0" && requeue !== "0" };
  });
}
