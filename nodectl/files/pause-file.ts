import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Ours has a line. */
const BYTES_MAX = 64 * 1024;

/**
 * The text of the pause file; undefined when there is none. An admin's decision, so it lies where a restart of the machine
 * leaves it.
 * @throws the system's error when it is there and cannot be read; Error when it is unreasonably large
 */
export async function readPauseFile(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > BYTES_MAX) throw new Error(`${file} has ${size} bytes`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Writes it whole, by rename, readable by everybody (startnode runs as slurm) whatever the umask, and on the disk
 * when this returns.
 */
export async function writePauseFile(file: string, text: string): Promise<void> {
  const directory = dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const draft = `${file}.${process.pid}`;
  const handle = await open(draft, "w", 0o644);
  try {
    await handle.writeFile(text);
    await handle.chmod(0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncDirectory(directory);
}

/** False when there was none. */
export async function removePauseFile(file: string): Promise<boolean> {
  try {
    await rm(file);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  await syncDirectory(dirname(file));
  return true;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
