import { join } from "node:path";
import pRetry from "p-retry";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";
import { runSubprocess } from "../files/subprocess.ts";
import type { SubprocessResult } from "../files/subprocess.ts";

export interface SlurmOptions {
  /** Where scontrol, sinfo and squeue are, e.g. /usr/bin. */
  readonly binDirectory: string;
  /** Absolute path; handed on as SLURM_CONF. */
  readonly slurmConf: string;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * One call. Above Slurm's own MessageTimeout (10 s unless the admin changed it) and its 9 s of connection
   * attempts, so that Slurm's message is heard; below it, a hanging munge would hold us for ever.
   */
  readonly commandTimeoutMs?: number;
  /** How long slurmctld may be away before a call gives up: a restart with thousands of nodes takes seconds. */
  readonly deadlineMs?: number;
}

const COMMAND_TIMEOUT_MS = 30_000;
const DEADLINE_MS = 60_000;

/** 24.11 writes 2.4 kB a node; this is room for Slurm's 65,536 nodes. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

const RETRIES_MAX = 100;
const RETRY_DELAY_MS_MIN = 250;
const RETRY_DELAY_MS_MAX = 2_000;

/** Runs a command and asks again while slurmctld, of sacctmgr slurmdbd, is away, up to the deadline. */
export async function callSlurm(
  options: SlurmOptions,
  program: string,
  words: readonly string[],
): Promise<SubprocessResult> {
  const whom = program === "sacctmgr" ? "slurmdbd" : "slurmctld";
  return retryWhilePassing(options, () => runSlurm(options, program, words), whom);
}

export async function runSlurm(
  options: SlurmOptions,
  program: string,
  words: readonly string[],
): Promise<SubprocessResult> {
  const result = await runSubprocess({
    program: join(options.binDirectory, program),
    arguments: words,
    environment: slurmEnvironment(options.slurmConf),
    timeoutMs: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  if (result.exitCode !== 0) {
    throw new SlurmCommandError(result);
  }
  return result;
}

/**
 * Fixed: what Slurm prints must not change with the person who calls us (SLURM_TIME_FORMAT, SINFO_ALL, …). Times come in
 * seconds since the epoch: Slurm's own form has no time zone.
 */
function slurmEnvironment(slurmConf: string): Readonly<Record<string, string>> {
  return {
    PATH: "/usr/bin:/bin",
    HOME: "/",
    LC_ALL: "C",
    SLURM_CONF: slurmConf,
    SLURM_TIME_FORMAT: "%s",
  };
}

export async function retryWhilePassing<Answer>(
  options: SlurmOptions,
  call: () => Promise<Answer>,
  whom = "slurmctld",
): Promise<Answer> {
  return pRetry(call, {
    retries: RETRIES_MAX,
    minTimeout: RETRY_DELAY_MS_MIN,
    maxTimeout: RETRY_DELAY_MS_MAX,
    factor: 2,
    randomize: false,
    maxRetryTime: options.deadlineMs ?? DEADLINE_MS,
    shouldRetry: ({ error }) => error instanceof SlurmCommandError && error.isPassing,
    onFailedAttempt: ({ error }) => {
      if (error instanceof SlurmCommandError && error.isPassing) {
        options.log.warn(`${whom} did not answer`, { reason: error.message });
      }
    },
  });
}
