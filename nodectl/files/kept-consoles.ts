import { join } from "node:path";
import { readEnd } from "./read-end.ts";
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
    newest.map(async ({ path, modifiedMs }) => ({
      ...{ path, modifiedMs },
      text: (await readEnd(path, TAIL_BYTES)).text,
    })),
  );
}
