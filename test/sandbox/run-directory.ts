import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * A new directory for one run, named for the process that owns it. Removes first what runs have left whose process was
 * killed before it could; runs that were to be kept are for a person to remove.
 */
export async function makeRunDirectory(
  runsDirectory: string,
  kind: "run" | "kept",
): Promise<string> {
  await mkdir(runsDirectory, { recursive: true });
  for (const name of await readdir(runsDirectory)) {
    const owner = ownerOf(name);
    if (name.startsWith("run-") && owner !== undefined && !isAlive(owner)) {
      await rm(join(runsDirectory, name), { recursive: true, force: true });
    }
  }
  return mkdtemp(join(runsDirectory, `${kind}-${process.pid}-`));
}

/** The directories of runs, kept ones too, whose process lives. */
export async function livingRuns(runsDirectory: string): Promise<readonly string[]> {
  await mkdir(runsDirectory, { recursive: true });
  const living = (await readdir(runsDirectory)).filter((name) => {
    const owner = ownerOf(name);
    return owner !== undefined && isAlive(owner);
  });
  return living.map((name) => join(runsDirectory, name));
}

/** Undefined: it is no run's. */
function ownerOf(name: string): number | undefined {
  const digits = /^(?:run|kept)-(\d+)-/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
