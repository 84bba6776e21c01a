import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { keepTail } from "./keep-tail.ts";

/** How many archives stay unpacked, the ones used last: with the runtime in it, each has 130 MB. */
const KEPT_COUNT = 8;

/**
 * The directory into which an archive of ours was unpacked, once for each content: the layer that puts the executables
 * onto every machine at their documented paths. An empty one without an archive.
 */
export async function ensurePrograms(
  archive: string | undefined,
  storeDirectory: string,
  nowMs: number,
): Promise<string> {
  if (archive === undefined) {
    const empty = join(storeDirectory, "none");
    await mkdir(empty, { recursive: true });
    return empty;
  }
  const digest = createHash("sha256")
    .update(await readFile(archive))
    .digest("hex");
  const target = join(storeDirectory, digest.slice(0, 12));
  if (!existsSync(target)) await unpack(archive, target);
  await utimes(target, nowMs / 1000, nowMs / 1000);
  await removeOldest(storeDirectory);
  return target;
}

async function removeOldest(storeDirectory: string): Promise<void> {
  const paths = (await readdir(storeDirectory)).map((name) => join(storeDirectory, name));
  const used = (await Promise.all(paths.map(lastUse))).flatMap((use) => use ?? []);
  const oldest = used.sort((left, right) => right.atMs - left.atMs).slice(KEPT_COUNT);
  for (const { path } of oldest) await rm(path, { recursive: true, force: true });
}

/** Undefined for what has gone meanwhile: another one that starts has put its part into place, or removed it. */
async function lastUse(path: string): Promise<{ path: string; atMs: number } | undefined> {
  try {
    return { path, atMs: (await stat(path)).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Into place by rename: a second one that does the same at the same time finds the first one's work. */
async function unpack(archive: string, target: string): Promise<void> {
  const part = `${target}.part-${randomUUID()}`;
  await mkdir(part, { recursive: true });
  const child = spawn("tar", ["--extract", "--no-same-owner", "--file", archive], {
    cwd: part,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = keepTail([child.stdout, child.stderr]);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`${archive} cannot be unpacked: ${output()}`);
  try {
    await rename(part, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    await rm(part, { recursive: true });
  }
}
