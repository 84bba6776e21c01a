import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, namesIn } from "./rotated-log.ts";

export interface KeptConsole {
  readonly path: string;
  readonly text: string;
  /** When it was taken down. */
  readonly modifiedMs: number;
}

const CONSOLES_MAX = 5;
const TAIL_BYTES = 64 * 1024;

/** The consoles that reconcile kept of a node (`TIME_NODE.console`), the newest few, each its end; oldest first. */
export async function readKeptConsoles(
  directory: string,
  nodeName: string,
): Promise<readonly KeptConsole[]> {
  const names = (await namesIn(directory)).filter((name) => name.endsWith(`_${nodeName}.console`));
  const files = await Promise.all(names.map((name) => describe(join(directory, name))));
  const newest = files
    .flatMap((file) => file ?? [])
    .sort((a, b) => a.modifiedMs - b.modifiedMs)
    .slice(-CONSOLES_MAX);
  return await Promise.all(
    newest.map(async ({ path, bytes, modifiedMs }) => {
      const text = await readTail(path, bytes);
      return { path, text, modifiedMs };
    }),
  );
}

async function readTail(path: string, bytes: number): Promise<string> {
  const handle = await open(path);
  try {
    const start = Math.max(0, bytes - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await handle.close();
  }
}
