import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { unlessAbsent } from "./system-error.ts";

/** Other users and other machines read what is written here. */
const FILE_MODE = 0o644;

/**
 * Writes a file whole, by rename, readable by everybody whatever the umask, and on the disk when this returns. The draft lies
 * beside it, so that the rename stays within one file system and is atomic.
 */
export async function writeDurably(file: string, text: string): Promise<void> {
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
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** False when it was absent already. */
export async function removeDurably(file: string): Promise<boolean> {
  const isRemoved = (await unlessAbsent(rm(file).then(() => true))) ?? false;
  if (isRemoved) await syncDirectory(dirname(file));
  return isRemoved;
}

/** A rename is on disk only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
