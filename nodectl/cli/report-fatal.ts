import { errorText } from "../domain/error-text.ts";
import { failNodes } from "../commands/fail-nodes.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import type { ResumeFile } from "../slurm/resume-file.ts";
import { createCommandLog } from "./command-log.ts";
import { jobsOrWarn } from "./read-resume-jobs.ts";
import { describeError, type ProgramInput } from "./run.ts";
import { defaultOf } from "./setting-default.ts";
import { SETTINGS } from "./settings.ts";
import { slurmOf } from "./slurm.ts";
import { systemClock } from "./system-clock.ts";

/** What a report of a failure needs of the settings, which may be what failed. */
export type FatalPaths = Partial<
  Pick<Config, "logFile" | "slurmBinDirectory" | "slurmConf" | "retrySeconds">
>;

/** What Slurm asked of the run that failed. */
export interface FatalRequest {
  readonly nodeNames: readonly string[];
  readonly resumeFile: ResumeFile | undefined;
}

/**
 * Logs what ended a run, be it that its settings could not be read. Under Slurm the terminal is closed: without this
 * line the jobs would wait for ResumeTimeout and leave no trace of why.
 */
export function reportFatal(
  program: string,
  { stderr, pid }: ProgramInput,
  paths: FatalPaths,
  error: unknown,
): Log {
  const file = paths.logFile ?? defaultOf(SETTINGS.log_file);
  // runProgram prints the error itself; that the log cannot be written bin/power-program.sh must hear.
  const levels = ["warn"] as const;
  const log = createCommandLog({ program, file, stream: stderr, levels, clock: systemClock, pid });
  log.error("the run failed", { reason: describeError(error) });
  return log;
}

/** The same, and tells Slurm that none of these nodes will come. */
export async function reportFatalStart(
  input: ProgramInput,
  paths: FatalPaths,
  { nodeNames, resumeFile }: FatalRequest,
  error: unknown,
): Promise<void> {
  const log = reportFatal("startnode", input, paths, error);
  const {
    slurmBinDirectory = defaultOf(SETTINGS.slurm_bin_directory),
    slurmConf = defaultOf(SETTINGS.slurm_conf),
  } = paths;
  const slurm = slurmOf({ slurmBinDirectory, slurmConf }, log);
  const reason = errorText(error);
  const failed = nodeNames.map((nodeName) => ({ nodeName, reason }));
  const retrySeconds = paths.retrySeconds ?? defaultOf(SETTINGS.retry_seconds);
  const context = {
    slurm,
    log,
    clock: systemClock,
    resumeJobs: jobsOrWarn(resumeFile, log),
    retryDelayMs: retrySeconds * 1000,
  };
  await failNodes(context, failed);
}
