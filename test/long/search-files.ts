import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The files below a directory that have one of the words in them; links are not followed. */
export async function filesWith(
  directory: string,
  words: readonly (Buffer | string)[],
): Promise<readonly string[]> {
  if (words.some((word) => word.length === 0)) throw new Error("an empty word is in every file");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (words.some((word) => content.includes(word))) found.push(path);
  }
  return found;
}
