import { open, readFile, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { SpaceSight } from "../../domain/doctor/free-space.ts";
import { type FileSight, interpreterOf, type ProgramSight } from "../../domain/doctor/programs.ts";

const ABSENT: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR"]);

export async function lookAtFile(path: string): Promise<FileSight> {
  try {
    const status = await stat(path);
    const kind = status.isFile() ? "file" : status.isDirectory() ? "directory" : "other";
    return { path, kind, mode: status.mode & 0o7777, ownerUid: status.uid };
  } catch (error) {
    if (!ABSENT.has((error as NodeJS.ErrnoException).code)) throw error;
    return { path, kind: "absent", mode: 0, ownerUid: 0 };
  }
}

/** With what its first line names. */
export async function lookAtProgram(path: string): Promise<ProgramSight> {
  const sight = await lookAtFile(path);
  if (sight.kind !== "file") return sight;
  const interpreter = interpreterOf(await readStart(path));
  return interpreter === undefined
    ? sight
    : { ...sight, interpreter: await lookAtFile(interpreter) };
}

/** More than any line that the kernel would read (256 bytes). */
const START_BYTES = 512;

async function readStart(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!ABSENT.has((error as NodeJS.ErrnoException).code)) throw error;
    return undefined;
  }
}

/** Each file system once, by the uppermost directory on it; paths that are not there are passed over. */
export async function lookAtSpace(paths: readonly string[]): Promise<readonly SpaceSight[]> {
  const sights = new Map<number, SpaceSight>();
  for (const path of paths) {
    const { kind } = await lookAtFile(path);
    if (kind === "absent") continue;
    const { dev } = await stat(path);
    const { bsize, bavail, ffree, files } = await statfs(path);
    if (sights.has(dev)) continue;
    const sight = {
      path: await uppermost(path, dev),
      freeBytes: bsize * bavail,
      freeFiles: ffree,
      filesMax: files,
    };
    sights.set(dev, sight);
  }
  return [...sights.values()];
}

async function uppermost(path: string, dev: number): Promise<string> {
  const above = dirname(path);
  const isTop = above === path || (await stat(above)).dev !== dev;
  return isTop ? path : uppermost(above, dev);
}
