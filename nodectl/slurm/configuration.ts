import { parseRunningSettings, type RunningSettings } from "../domain/doctor/slurm-settings.ts";
import type { ConfigurationControl, ConfiguringJob, JobControl } from "./control.ts";
import { callSlurm, type SlurmOptions } from "./run-slurm.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";

/** What finish asks of a slurmctld whose configuration it changes. */
export function createConfigurationControl(
  options: SlurmOptions,
): ConfigurationControl & Pick<JobControl, "configuringJobs"> {
  return {
    configuringJobs: () => configuringJobs(options),
    runsFilesOnDisk: () => runsFilesOnDisk(options),
  };
}

/**
 * scontrol reads the files itself and compares their hash with slurmctld's: `HASH_VAL = Match`, or `Different Ours=…
 * Slurmctld=…` (seen on 22.05.8 and 24.11.5; the hash covers included files and comments).
 */
async function runsFilesOnDisk(options: SlurmOptions): Promise<boolean> {
  const { stdout } = await callSlurm(options, "scontrol", ["show", "config"]);
  return /^HASH_VAL\s*=\s*Match\s*$/m.test(stdout);
}

/**
 * What slurmctld runs with.
 * @throws SlurmCommandError
 */
export async function runningSettings(options: SlurmOptions): Promise<RunningSettings> {
  const { stdout } = await callSlurm(options, "scontrol", ["show", "config"]);
  return parseRunningSettings(stdout);
}

/** Fields of fixed widths: the same text in every version (22.05.8 and 24.11.5). */
const JOB_FIELDS = "JobArrayID:40,NumNodes:10,BatchFlag:4,UserName:64";

async function configuringJobs(options: SlurmOptions): Promise<readonly ConfiguringJob[]> {
  const words = ["--all", "--noheader", "--states=CONFIGURING", "--sort=i"];
  const result = await callSlurm(options, "squeue", [...words, `--Format=${JOB_FIELDS}`]);
  const lines = result.stdout.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, id, nodeCount, batchFlag, user] = /^(\S+) +(\d+) +(\d) +(\S+) *$/.exec(line) ?? [];
    if (id === undefined || user === undefined) {
      throw new SlurmCommandError(result, `squeue wrote ${JSON.stringify(line.slice(0, 120))}`);
    }
    return { id, user, nodeCount: Number(nodeCount), isBatch: batchFlag !== "0" };
  });
}
