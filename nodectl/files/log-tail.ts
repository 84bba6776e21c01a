import { readEnd, type FileEnd } from "./read-end.ts";
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
  const before = newest.isCut ? undefined : await logBefore(file);
  if (before === undefined) return linesOf(newest);
  const bytesLeft = Math.max(0, bytesMax - Buffer.byteLength(newest.text));
  const older = await readEnd(before, bytesLeft);
  return [...linesOf(older), ...linesOf(newest)];
}

/** The last one that logrotate put away, whatever it calls it; compressed ones are too old. */
async function logBefore(file: string): Promise<string | undefined> {
  const paths = (await listRotatedLogs(file)).map(({ path }) => path);
  return paths.find((path) => path !== file && !path.endsWith(".gz"));
}

function linesOf({ text, isCut }: FileEnd): readonly string[] {
  return text
    .split("\n")
    .slice(isCut ? 1 : 0)
    .filter((line) => line !== "");
}
