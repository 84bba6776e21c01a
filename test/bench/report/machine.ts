import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What the numbers depend on. */
export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryMb: number;
  readonly kernel: string;
  /** Average of the last minute when the bench began: above 1 others were at work. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

export async function describeMachine(rootDirectory: string): Promise<Machine> {
  const text = await readFile(join(rootDirectory, "package.json"), "utf8");
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  return {
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? "unknown processor",
    memoryMb: Math.round(totalmem() / 1_000_000),
    kernel: release(),
    loadBefore: loadavg()[0] ?? 0,
    versions: { ...dependencies, commit: await commitOf(rootDirectory) },
  };
}

/** "unknown" outside of a git repository: the bench also runs in an unpacked archive. */
async function commitOf(rootDirectory: string): Promise<string> {
  try {
    const argv = ["-C", rootDirectory, "describe", "--always", "--dirty"];
    return (await promisify(execFile)("git", argv)).stdout.trim();
  } catch {
    return "unknown";
  }
}
