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
    const owner = Number(/^run-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(owner) && !isAlive(owner)) {
      await rm(join(runsDirectory, name), { recursive: true, force: true });
    }
  }
  return mkdtemp(join(runsDirectory, `${kind}-${process.pid}-`));
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
