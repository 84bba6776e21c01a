import { userInfo } from "node:os";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { createCommandLog } from "../command-log.ts";
import { CommandError, type ProgramInput } from "../run.ts";
import { systemClock } from "../system-clock.ts";

/** The person at the terminal: sudo tells whose root it is. */
export function callerName(): string {
  const { SUDO_USER: sudoUser } = process.env;
  return sudoUser === undefined || sudoUser === "" ? userInfo().username : sudoUser;
}

/** The log of a verb that changes something: the settings' file, and of what goes wrong a line for the person. */
export function createAdminLog(verb: string, config: Config, { stderr, pid }: ProgramInput): Log {
  return createCommandLog({
    program: `citc ${verb}`,
    file: config.logFile,
    stream: stderr,
    levels: ["warn", "error"],
    clock: systemClock,
    pid,
  });
}

/** @throws CommandError that says to become root, where the file is root's */
export async function asRoot<Answer>(verb: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new CommandError(`${message}; only root may: sudo citc ${verb}`, { cause: error });
  }
}
