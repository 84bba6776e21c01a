import { join } from "node:path";
import { buildArchives } from "../../nodectl/build/build.ts";
import { ARCHITECTURES } from "../../nodectl/build/runtime.ts";
import { CommandError } from "../../nodectl/cli/run.ts";
import { Interrupted, interruptionOf, unlessAborted } from "./interrupt.ts";
import { ImageError } from "./machines/run-build.ts";
import { checkRequirements, observeComputer, RequirementError } from "./requirements.ts";
import { Sandbox } from "./sandbox.ts";
import type { SandboxOptions } from "./sandbox-options.ts";
import type { Terminal } from "./terminal.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

export type PersonalOptions = Omit<SandboxOptions, "archive" | "report" | "progress" | "signal">;

/**
 * Builds the executables, starts a sandbox with them, and stops it when the work is done, for a person at a terminal:
 * what takes long is said, what is missing is said in one sentence. A signal ends the process, once nothing is left,
 * with the exit status that a shell would give.
 * @throws CommandError
 */
export async function withSandbox<Value>(
  options: PersonalOptions,
  terminal: Terminal,
  work: (sandbox: Sandbox, signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const signal = interruptionOf(process);
  signal.addEventListener("abort", () => {
    const { signalName } = signal.reason as Interrupted;
    terminal.line(`\nstopping: ${signalName} came; what was started is taken down`);
  });
  try {
    return await run(options, terminal, { signal, work });
  } catch (error) {
    // Only that: a stop that fails has left something.
    if (!(error instanceof Interrupted)) throw error;
    terminal.line("Stopped. Nothing is left: no process, mount, network namespace or setting.");
    process.exit(error.exitCode);
  }
}

interface Work<Value> {
  readonly signal: AbortSignal;
  readonly work: (sandbox: Sandbox, signal: AbortSignal) => Promise<Value>;
}

async function run<Value>(
  options: PersonalOptions,
  terminal: Terminal,
  { signal, work }: Work<Value>,
): Promise<Value> {
  const sandbox = await open(options, terminal, signal);
  try {
    return await unlessAborted(signal, work(sandbox, signal));
  } catch (error) {
    // What fails after the signal fails because of it.
    signal.throwIfAborted();
    throw error;
  } finally {
    if (!signal.aborted) terminal.progress("stopping the machines");
    await sandbox.stop();
    if (options.keepRun === true) terminal.line(`All logs are kept in ${sandbox.workDirectory}`);
  }
}

async function open(
  options: PersonalOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Sandbox> {
  try {
    checkRequirements(observeComputer());
    terminal.progress("building startnode, stopnode and finish (and fetching their Node, once)");
    const archive = await buildArchive();
    signal.throwIfAborted();
    terminal.progress("starting a region of OCI and its management node");
    return await Sandbox.start({
      ...options,
      archive,
      signal,
      report: (line) => {
        terminal.line(line);
      },
      progress: (step) => {
        if (!signal.aborted) terminal.progress(step);
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RequirementError) && !(error instanceof ImageError)) throw error;
    throw new CommandError(error.message, { cause: error });
  }
}

async function buildArchive(): Promise<string> {
  const architectures = ARCHITECTURES.filter((name) => name === process.arch);
  // What people see of it is that it takes a moment; the digest is for those who call `npm run build`.
  const report = (): void => undefined;
  const [archive] = await buildArchives({ rootDirectory: REPOSITORY, architectures, report });
  if (archive === undefined) throw new CommandError(`there is no Node for ${process.arch}`);
  return archive;
}
