import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BootNote } from "../domain/reconcile/sight.ts";
import { isSystemError, unlessAbsent } from "./system-error.ts";

const SUFFIX = ".failed";
/** userdata/functions.sh writes two short lines. */
const BYTES_MAX = 1024;
/** In one look; when more nodes fail, these tell why. */
const NOTES_MAX = 200;

/** What machines that could not be configured have left on the shared file system: `NODE.failed`, beside the markers of those that are. */
export class BootNotes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Of these nodes. Throws the system's error when the directory cannot be read; without it there are none. */
  async read(nodeNames: readonly string[]): Promise<ReadonlyMap<string, BootNote>> {
    if (nodeNames.length === 0) return new Map();
    const there = new Set(await unlessAbsent(readdir(this.#directory)));
    const names = nodeNames.filter((name) => there.has(`${name}${SUFFIX}`)).slice(0, NOTES_MAX);
    const notes = new Map<string, BootNote>();
    for (const name of names) {
      const note = await readNote(join(this.#directory, `${name}${SUFFIX}`));
      if (note !== undefined) notes.set(name, note);
    }
    return notes;
  }
}

/** Whoever is root on a node writes there: nothing is followed, and nothing waited for. undefined: none of ours. */
async function readNote(path: string): Promise<BootNote | undefined> {
  try {
    const handle = await open(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(BYTES_MAX), 0, BYTES_MAX, 0);
      const [instanceOcid = "", words = ""] = buffer.toString("utf8", 0, bytesRead).split("\n");
      return instanceOcid === "" || words === "" ? undefined : { instanceOcid, words };
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Gone since, or no file: the boot limit holds for its node as for any other.
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
