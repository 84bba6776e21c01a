import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { markUsed } from "../unused.ts";
import { keepTail } from "./keep-tail.ts";

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
  await markUsed(target, nowMs);
  if (!existsSync(target)) await unpack(archive, target);
  return target;
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
