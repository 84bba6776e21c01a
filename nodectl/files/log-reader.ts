import { open, stat } from "node:fs/promises";
import { unlessAbsent } from "./system-error.ts";

/** How far a log was read. */
export interface LogPosition {
  /** Tells a rotated file from its successor; 0: nothing was read yet. */
  readonly inode: number;
  readonly offset: number;
}

/** Of one pass; what is beyond is read by the next ones. */
const BYTES_MAX = 4 * 1024 * 1024;

/**
 * The whole lines that were added since, and how far that was. A file that was rotated meanwhile is read from its
 * beginning: the last lines of the old one are lost to the reader. No file: no lines.
 */
export async function readNewLines(
  file: string,
  since: LogPosition,
): Promise<{ readonly lines: readonly string[]; readonly position: LogPosition }> {
  const status = await unlessAbsent(stat(file));
  if (status === undefined) return { lines: [], position: since };
  const isSame = status.ino === since.inode && status.size >= since.offset;
  const start = isSame ? since.offset : 0;
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(Math.min(BYTES_MAX, status.size - start));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const end = buffer.subarray(0, bytesRead).lastIndexOf("\n") + 1;
    const lines = buffer.toString("utf8", 0, end).split("\n").slice(0, -1);
    return { lines, position: { inode: status.ino, offset: start + end } };
  } finally {
    await handle.close();
  }
}
