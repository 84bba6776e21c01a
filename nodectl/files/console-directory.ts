import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../domain/clock.ts";
import { localIsoTime } from "../domain/local-time.ts";

/** The oldest go first. */
const FILES_MAX = 50;
/** Characters of each. */
const TEXT_LENGTH_MAX = 65_536;
const SUFFIX = ".console";

/**
 * The last lines of consoles, one file each: `2026-11-25T14-05-07_NODE.console`. So many files, of so many characters at
 * most. For root and its group: what a machine prints may name users.
 */
export class ConsoleDirectory {
  readonly #directory: string;
  readonly #clock: Pick<Clock, "now">;

  constructor(directory: string, clock: Pick<Clock, "now">) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async save(nodeName: string, text: string): Promise<string> {
    await mkdir(this.#directory, { recursive: true, mode: 0o750 });
    // It begins with the time, so that names sort by age; no colon, which some tools take for a host.
    const time = localIsoTime(this.#clock.now()).slice(0, 19).replaceAll(":", "-");
    const file = join(this.#directory, `${time}_${nodeName}${SUFFIX}`);
    const draft = `${file}.part`;
    await writeFile(draft, text.slice(-TEXT_LENGTH_MAX), { mode: 0o640 });
    await rename(draft, file);
    await this.#removeOldest();
    return file;
  }

  async #removeOldest(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith(SUFFIX)).sort();
    for (const name of names.slice(0, Math.max(0, names.length - FILES_MAX))) {
      await rm(join(this.#directory, name), { force: true });
    }
  }
}
