import { open, type FileHandle } from "node:fs/promises";
import { listRotatedLogs } from "./rotated-log.ts";

/** Of the log and the one before it together: some 20,000 lines. */
const BYTES_MAX = 4 * 1024 * 1024;

/**
 * The newest lines of a log, oldest first: those of the file itself, and when it is short also of the one that was rotated
 * away. Bounded, however large they are. None when there is no file.
 * @throws Error when a file is there and cannot be read
 */
export async function readLogTail(file: string, bytesMax = BYTES_MAX): Promise<readonly string[]> {
  const newest = await readEnd(file, bytesMax);
  if (newest.length >= bytesMax) return linesOf(newest);
  const before = await logBefore(file);
  const older =
    before === undefined ? Buffer.alloc(0) : await readEnd(before, bytesMax - newest.length);
  return [...linesOf(older), ...linesOf(newest)];
}

/** The last one that logrotate put away, whatever it calls it; compressed ones are too old. */
async function logBefore(file: string): Promise<string | undefined> {
  const paths = (await listRotatedLogs(file)).map(({ path }) => path);
  return paths.find((path) => path !== file && !path.endsWith(".gz"));
}

function linesOf(bytes: Buffer): readonly string[] {
  return bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

async function readEnd(file: string, bytesMax: number): Promise<Buffer> {
  if (bytesMax <= 0) return Buffer.alloc(0);
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytesMax);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const read = buffer.subarray(0, bytesRead);
    if (start === 0) return read;
    // What was cut begins in the middle of a line.
    const lineEnd = read.indexOf("\n");
    return lineEnd === -1 ? Buffer.alloc(0) : read.subarray(lineEnd + 1);
  } finally {
    await handle.close();
  }
}
