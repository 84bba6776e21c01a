import { constants } from "node:fs";
import {
  chown,
  lchown,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  type FileHandle,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { entriesToKeep, parseCapacityEntry, type CapacityEntry } from "../domain/capacity-entry.ts";
import { readEnd } from "./read-end.ts";

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

export interface CapacityFileOptions {
  readonly file: string;
  /** Whoever owns its directory runs startnode for Slurm, and gets what root makes. */
  readonly logFile: string;
  readonly nowMs: () => number;
}

/**
 * One small file of JSON lines. A line is appended with one write, which the kernel does not mix with another's
 * (O_APPEND), so that no lock is needed; when two processes write the file anew at once, some lines are lost and cost a
 * call each. Every error is the caller's to report: without the file all works, only slower.
 */
export class CapacityFile implements CapacityStore {
  readonly #options: CapacityFileOptions;
  #lastAdd: Promise<void> = Promise.resolve();

  constructor(options: CapacityFileOptions) {
    this.#options = options;
  }

  async read(): Promise<readonly CapacityEntry[]> {
    const { text } = await readEnd(this.#options.file, READ_BYTES_MAX);
    return text.split("\n").flatMap((line) => parseCapacityEntry(line) ?? []);
  }

  /** One after the other: two that write the file anew at once would take each other's draft. */
  async add(entry: CapacityEntry): Promise<void> {
    const added = this.#lastAdd.then(() => this.#append(entry));
    this.#lastAdd = added.catch(() => undefined);
    await added;
  }

  async #append(entry: CapacityEntry): Promise<void> {
    const { file, logFile } = this.#options;
    if (isRoot()) await makeCapacityDirectory(file, logFile);
    else await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await write(file, constants.O_APPEND, `${JSON.stringify(entry)}\n`);
    await this.#compact();
  }

  async #compact(): Promise<void> {
    const { file } = this.#options;
    if ((await stat(file)).size < COMPACT_BYTES) return;
    const kept = entriesToKeep(await this.read(), this.#options.nowMs());
    const lines = kept.map((entry) => `${JSON.stringify(entry)}\n`);
    const draft = `${file}.${process.pid}`;
    await write(draft, constants.O_TRUNC, lines.join(""));
    await rename(draft, file);
  }
}

/** The directory is slurm's and root writes here too: a link would lead root's hand elsewhere. */
async function write(file: string, flag: number, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW } = constants;
  const handle = await open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | flag, 0o644);
  try {
    await handle.appendFile(text);
    if (isRoot()) await giveToOwnerOf(dirname(file), handle);
  } finally {
    await handle.close();
  }
}

async function giveToOwnerOf(directory: string, handle: FileHandle): Promise<void> {
  const { uid, gid } = await stat(directory);
  if ((await handle.stat()).uid !== uid) await handle.chown(uid, gid);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Makes the file's directory, for root to call: it and the file belong to the owner of another one, that of the log, who runs
 * startnode. /run is empty after each start of the machine. What is there already is given back to him, unless others keep
 * files there too.
 */
export async function makeCapacityDirectory(file: string, logFile: string): Promise<void> {
  const directory = dirname(file);
  const made = await mkdir(directory, { recursive: true, mode: 0o755 });
  const { uid, gid } = await stat(dirname(logFile));
  // Not the parents: root's lock is in one of them.
  if (made !== undefined) {
    await chown(directory, uid, gid);
    return;
  }
  const names = await readdir(directory);
  if (!names.every((name) => name.startsWith(basename(file)))) return;
  if ((await stat(directory)).uid !== uid) await chown(directory, uid, gid);
  for (const name of names) await lchown(join(directory, name), uid, gid);
}
