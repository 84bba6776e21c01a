import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isSystemError, unlessAbsent } from "./system-error.ts";

/** Other users and other machines read what is written here. */
const FILE_MODE = 0o644;

/**
 * Writes a file whole, by rename, readable by everybody whatever the umask, and on the disk when this returns. The draft lies
 * beside it, so that the rename stays within one file system and is atomic.
 * @param open opens the draft
 * @throws DiskFullError, or the system's error; what was there is still there
 */
export async function writeDurably(
  file: string,
  text: string,
  open: typeof fs.open = fs.open,
): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    const handle = await open(draft, "wx", FILE_MODE);
    try {
      await handle.writeFile(text);
      await handle.chmod(FILE_MODE);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(draft, file);
  } catch (error) {
    await fs.rm(draft, { force: true });
    throw isFull(error) ? new DiskFullError(file, { cause: error }) : error;
  }
  await syncDirectory(dirname(file));
}

/** A file could not be written, because its file system, or somebody's share of it, is full. What was there is still there. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";

  constructor(file: string, options: ErrorOptions) {
    super(
      `${file} could not be written: its file system is full (df ${dirname(file)}); free some space, then run it again`,
      options,
    );
  }
}

function isFull(error: unknown): boolean {
  return isSystemError(error) && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** False when it was absent already. */
export async function removeDurably(file: string): Promise<boolean> {
  const isRemoved = (await unlessAbsent(fs.rm(file).then(() => true))) ?? false;
  if (isRemoved) await syncDirectory(dirname(file));
  return isRemoved;
}

/** A rename is on disk only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await fs.open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
