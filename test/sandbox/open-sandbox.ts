import { join } from "node:path";
import { buildArchives } from "../../nodectl/build/build.ts";
import { ARCHITECTURES } from "../../nodectl/build/runtime.ts";
import { CommandError } from "../../nodectl/cli/run.ts";
import { ImageError } from "./machines/image-store.ts";
import { checkRequirements, observeComputer, RequirementError } from "./requirements.ts";
import { Sandbox, type SandboxOptions } from "./sandbox.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

/**
 * Builds the executables and starts a sandbox with them, for a person at a terminal: what is missing is said in one
 * sentence.
 * @throws CommandError
 */
export async function openSandbox(options: Omit<SandboxOptions, "archive">): Promise<Sandbox> {
  const { report = () => undefined } = options;
  try {
    checkRequirements(observeComputer());
    return await Sandbox.start({ ...options, archive: await buildArchive(report) });
  } catch (error) {
    if (!(error instanceof RequirementError) && !(error instanceof ImageError)) throw error;
    throw new CommandError(error.message, { cause: error });
  }
}

async function buildArchive(report: (line: string) => void): Promise<string> {
  const architectures = ARCHITECTURES.filter((name) => name === process.arch);
  const [archive] = await buildArchives({ rootDirectory: REPOSITORY, architectures, report });
  if (archive === undefined) throw new CommandError(`there is no Node for ${process.arch}`);
  return archive;
}

/** A terminal that closes sends SIGHUP; what is typed into the shell's own terminal does not come here. */
export function stopOnSignals(sandbox: Sandbox): void {
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    process.once(signal, () => {
      void sandbox.stop().finally(() => process.exit(128 + number));
    });
  }
}
