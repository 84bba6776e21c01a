import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { unlessAbsent } from "./system-error.ts";

/** Larger than any of ours: 65,536 nodes in the memory of reconcile. */
const BYTES_MAX = 32 * 1024 * 1024;

/**
 * A small text that one run leaves for the next one: written whole and by rename, so that a reader never sees half of it.
 * Its directory is made when it is not there (/run is empty after each start of the machine).
 */
export class StateFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Empty when there is no file. Throws when it cannot be read or is unreasonably large. */
  async read(): Promise<string> {
    const text = (await unlessAbsent(readFile(this.#file, "utf8"))) ?? "";
    if (text.length > BYTES_MAX) throw new Error(`${this.#file} has ${text.length} bytes`);
    return text;
  }

  async write(text: string): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o755 });
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, this.#file);
  }
}
