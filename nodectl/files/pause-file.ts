import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeDurably } from "./durable-file.ts";
import { unlessAbsent } from "./system-error.ts";

/** Ours has a line. */
const BYTES_MAX = 64 * 1024;

/**
 * The text of the pause file; undefined when there is none. An admin's decision, so it lies where a restart of the machine
 * leaves it.
 * @throws the system's error when it is there and cannot be read; Error when it is unreasonably large
 */
export async function readPauseFile(file: string): Promise<string | undefined> {
  const status = await unlessAbsent(stat(file));
  if (status === undefined) return undefined;
  if (status.size > BYTES_MAX) throw new Error(`${file} has ${status.size} bytes`);
  return await unlessAbsent(readFile(file, "utf8"));
}

/** Readable by everybody: startnode runs as slurm. */
export async function writePauseFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeDurably(file, text);
}
