import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import { createCommandLog } from "./command-log.ts";
import type { ProgramInput } from "./run.ts";
import { systemClock } from "./system-clock.ts";

/** The log of a program that Slurm calls: the settings' file, and readable lines for whoever calls it by hand. */
export function openLog(program: string, config: Config, { stderr, pid }: ProgramInput): Log {
  return createCommandLog({
    program,
    file: config.logFile,
    stream: stderr,
    clock: systemClock,
    pid,
  });
}
