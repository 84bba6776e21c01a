import { appendFile, chown, mkdir, open, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseCapacityEntry, type CapacityEntry } from "../domain/capacity-entry.ts";

/** Beyond this the file is written anew with what still counts. */
const COMPACT_BYTES = 64 * 1024;
/** Never read more: whatever made the file so large, losing its head costs some calls. */
const READ_BYTES_MAX = 1024 * 1024;

/** What is remembered of capacities, shared by the processes that run at the same time. */
export interface CapacityStore {
  /** In the order in which they were written: the last one of a key counts. */
  read(): Promise<readonly CapacityEntry[]>;
  add(entry: CapacityEntry): Promise<void>;
}

/**
 * One small file of JSON lines. A line is appended with one write, which the kernel does not mix with another's
 * (O_APPEND), so that no lock is needed; when two processes write the file anew at once, some lines are lost and cost a
 * call each. Every error is the caller's to report: without the file all works, only slower.
 */
export class CapacityFile implements CapacityStore {
  readonly #file: string;
  readonly #nowMs: () => number;

  constructor(file: string, nowMs: () => number) {
    this.#file = file;
    this.#nowMs = nowMs;
  }

  async read(): Promise<readonly CapacityEntry[]> {
    const text = await readTail(this.#file);
    return text.split("\n").flatMap((line) => parseCapacityEntry(line) ?? []);
  }

  async add(entry: CapacityEntry): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o755 });
    await appendFile(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o644 });
    await this.#compact();
  }

  async #compact(): Promise<void> {
    const text = await readTail(this.#file);
    if (text.length < COMPACT_BYTES) return;
    const newest = new Map((await this.read()).map((entry) => [entry.key, entry]));
    const nowMs = this.#nowMs();
    const lines = [...newest.values()]
      .filter(({ untilMs }) => untilMs > nowMs)
      .map((entry) => `${JSON.stringify(entry)}\n`);
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, lines.join(""), { mode: 0o644 });
    await rename(draft, this.#file);
  }
}

/** The file's end; a line that is cut at its beginning is no entry and is passed over. */
async function readTail(file: string): Promise<string> {
  let handle;
  try {
    handle = await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - READ_BYTES_MAX);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Makes the file's directory, for root to call: it belongs to the owner of another one, that of the log, who runs startnode.
 * /run is empty after each start of the machine. Does nothing when it is there.
 */
export async function makeCapacityDirectory(file: string, logFile: string): Promise<void> {
  const directory = dirname(file);
  const made = await mkdir(directory, { recursive: true, mode: 0o755 });
  if (made === undefined) return;
  const { uid, gid } = await stat(dirname(logFile));
  // Not the parents: root's lock is in one of them.
  await chown(directory, uid, gid);
}
