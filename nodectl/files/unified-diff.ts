import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ChangedText {
  /** What the diff calls it; relative. */
  readonly name: string;
  /** Absent: it does not exist. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** diffutils: in Debian and Enterprise Linux a part of every system. */
const DIFF = "/usr/bin/diff";
const TIMEOUT_MS = 10_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** What `diff -u` says of the texts, with a/ and b/ before the names; empty when all are equal. */
export async function unifiedDiff(texts: readonly ChangedText[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nodectl-diff-"));
  try {
    for (const { name, before, after } of texts) {
      await writeSide(join(directory, "a", name), before);
      await writeSide(join(directory, "b", name), after);
    }
    return await runDiff(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function writeSide(file: string, text: string | undefined): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  if (text !== undefined) {
    await writeFile(file, text);
  }
}

async function runDiff(directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      DIFF,
      ["--new-file", "--recursive", "--unified", "a", "b"],
      {
        cwd: directory,
        env: { LC_ALL: "C" },
        timeout: TIMEOUT_MS,
        maxBuffer: OUTPUT_BYTES_MAX,
      },
      (error, stdout) => {
        // Exit code 1 says that the files differ.
        if (error === null || error.code === 1) {
          resolve(withoutClutter(stdout));
        } else {
          reject(new Error(`${DIFF}: ${error.message}`, { cause: error }));
        }
      },
    );
  });
}

/** Drops the command lines between files and the times of our temporary files. */
function withoutClutter(diff: string): string {
  return diff
    .replaceAll(/^diff --new-file .*\n/gm, "")
    .replaceAll(/^((?:---|\+\+\+) [^\t\n]+)\t.*$/gm, "$1");
}
