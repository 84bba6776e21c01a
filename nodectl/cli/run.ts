import { UsageError } from "./options.ts";

/** What an executable needs of its process. Handed in so that tests can run a command in their own. */
export interface ProgramInput {
  readonly argv: readonly string[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly pid: number;
  /** Slurm sets this for ResumeProgram (from 22.05 on), and nobody else does. */
  readonly resumeFile: string | undefined;
}

/** 0: done. 1: something failed and was said. 2: the command line was wrong. */
export type ExitCode = 0 | 1 | 2;

export type Program = (input: ProgramInput) => Promise<ExitCode>;

/** An expected failure: its message is all that a person needs, a stack would only hide it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** An error that escaped every promise: nobody has logged it, so that bin/power-program.sh does. */
const CRASHED = 70;

/** Runs an executable's program and ends the process: the only place that reads argv and calls exit. */
export async function runProgram(name: string, program: Program): Promise<never> {
  const { stdout, stderr, pid } = process;
  // slurmctld may die while we run, and its end of our stderr with it (23.02 and later); a terminal may close, a disk
  // be full. None of it is a reason to leave nodes half started: the log file has all.
  stderr.on("error", () => undefined);
  stdout.on("error", () => undefined);
  process.on("uncaughtException", (error) => {
    stderr.write(`${name}: ${describeError(error)}\n`);
    process.exit(CRASHED);
  });
  const input = {
    argv: process.argv.slice(2),
    stdout,
    stderr,
    pid,
    resumeFile: process.env["SLURM_RESUME_FILE"],
  };
  const exitCode = await exitCodeOf(name, program, input);
  // Kept connections, or a token that is being renewed: without exit the process would stay for them.
  process.exit(exitCode);
}

async function exitCodeOf(name: string, program: Program, input: ProgramInput): Promise<ExitCode> {
  try {
    return await program(input);
  } catch (error) {
    if (error instanceof UsageError) {
      input.stderr.write(`${name}: ${error.message}\nTry '${name} --help'.\n`);
      return 2;
    }
    input.stderr.write(`${name}: ${describeError(error)}\n`);
    return 1;
  }
}

const EXPECTED = new Set([
  "CommandError",
  "DirectoryError",
  "DiskFullError",
  "FileLockError",
  "HomeDirectoryError",
  "NodeUpdateError",
  "OciAuthError",
  "OciCallError",
  "SlurmCommandError",
]);

/** An expected error by its message, any other with its stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return EXPECTED.has(error.name) ? error.message : (error.stack ?? error.message);
}
