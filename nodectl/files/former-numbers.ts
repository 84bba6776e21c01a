import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { shortened } from "../domain/problem.ts";
import { explained, HomeDirectoryError, type HomeOptions } from "./home-directory.ts";
import { unlessAbsent } from "./system-error.ts";

/** Beside the homes, so that it lives as long as the files that still have these numbers. No user's name begins so. */
const FILE = ".former-numbers";
/** Six bytes for each of the 50,000 numbers that users get, and room. */
const BYTES_MAX = 1024 * 1024;

/**
 * The numbers of users who were removed: files, crontabs and processes may still have them.
 * @throws HomeDirectoryError
 */
export async function formerNumbers(options: HomeOptions): Promise<readonly number[]> {
  const file = join(options.root, FILE);
  const size = (await explained(options, () => unlessAbsent(stat(file))))?.size ?? 0;
  if (size > BYTES_MAX)
    throw new HomeDirectoryError(`${file} is larger than ${BYTES_MAX} bytes; leave each line once`);
  const text = await explained(options, () => unlessAbsent(readFile(file, "utf8")));
  return (text ?? "").split("\n").flatMap((line, index) => {
    if (line === "") return [];
    if (/^\d{1,10}$/.test(line)) return [Number(line)];
    throw new HomeDirectoryError(
      `${file}: line ${index + 1} is no number (${shortened(line)}); take it out`,
    );
  });
}

/**
 * Notes a number as one of those, durably. Two who do so at once do not undo each other: it is only added to the end, behind a line
 * break, for the one before may have been cut off.
 * @throws HomeDirectoryError
 */
export async function retireNumber(options: HomeOptions, number: number): Promise<void> {
  if ((await formerNumbers(options)).includes(number)) return;
  await explained(options, async () => {
    const handle = await open(join(options.root, FILE), "a", 0o600);
    try {
      await handle.writeFile(`\n${number}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
