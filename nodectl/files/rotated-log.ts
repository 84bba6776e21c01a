import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unlessAbsent } from "./system-error.ts";

export interface LogFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its last line, or later. */
  readonly modifiedMs: number;
}

/** Files looked at, and of each what is read: a log of ours comes to some megabytes a month. */
const FILES_MAX = 100;
const BYTES_MAX = 128 * 1024 * 1024;

/**
 * A log and what logrotate made of it (`.1`, `.2.gz`, `-20261125`, `-20261125.gz`), the newest first. Empty when there is
 * none.
 */
export async function listRotatedLogs(file: string): Promise<readonly LogFile[]> {
  const directory = dirname(file);
  const name = basename(file);
  const rotated = /^(?:[.-]\d[\d-]*)?(?:\.gz)?$/;
  const names = (await namesIn(directory)).filter(
    (it) => it.startsWith(name) && rotated.test(it.slice(name.length)),
  );
  const files = await Promise.all(
    names.slice(0, FILES_MAX).map((it) => describe(join(directory, it))),
  );
  return files.flatMap((it) => it ?? []).sort((a, b) => b.modifiedMs - a.modifiedMs);
}

/** What lies in a directory; nothing when it is not there. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  return (await unlessAbsent(readdir(directory))) ?? [];
}

/** undefined: rotated away between two looks. */
export async function describe(path: string): Promise<LogFile | undefined> {
  const status = await unlessAbsent(stat(path));
  return status && { path, bytes: status.size, modifiedMs: status.mtimeMs };
}

/**
 * Hands every line over, in order. Of a file that is too large only the end is read; of a compressed one, which has to
 * be read from its beginning, only that.
 * @returns false when not all of it was read
 * @throws the system's or zlib's error
 */
export async function readLines(
  { path, bytes }: LogFile,
  onLine: (line: string) => void,
  bytesMax = BYTES_MAX,
): Promise<boolean> {
  const isCompressed = path.endsWith(".gz");
  const isTooLarge = !isCompressed && bytes > bytesMax;
  const source = createReadStream(path, isTooLarge ? { start: bytes - bytesMax } : {});
  if (!isCompressed) {
    await pipeline(source, (chunks: AsyncIterable<Buffer>) => splitLines(chunks, onLine));
    return !isTooLarge;
  }
  const bound = { isReached: false };
  try {
    await pipeline(source, createGunzip(), (chunks: AsyncIterable<Buffer>) =>
      splitLines(upTo(chunks, bytesMax, bound), onLine),
    );
  } catch (error) {
    // To stop reading aborts the pipeline.
    if (!bound.isReached) throw error;
  }
  return !bound.isReached;
}

async function splitLines(
  input: AsyncIterable<Buffer>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of input) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}

async function* upTo(
  input: AsyncIterable<Buffer>,
  bytesMax: number,
  bound: { isReached: boolean },
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      bound.isReached = true;
      return;
    }
    yield chunk;
  }
}
