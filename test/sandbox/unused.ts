import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { PLAN_FILE } from "./region-plan.ts";
import { livingRuns } from "./run-directory.ts";

/** What is kept from one run to the next, in a directory that is named for what it was made of. */
export interface StoredThing {
  /** `bookworm-bare-0123456789ab`, `0123456789ab`; with `.part…` behind: somebody makes it, or was killed while doing so. */
  readonly name: string;
  readonly usedAtMs: number;
}

/** What stays of a store. */
export interface Keeping {
  /** So many of each kind, the ones used last. */
  readonly countMin: number;
  /** What was used within that time; milliseconds. */
  readonly ms: number;
}

const DAY_MS = 86_400_000;
/** Making one takes minutes. */
const PART_KEEPING_MS = DAY_MS;
const STORES: Readonly<Record<string, Keeping>> = {
  images: { countMin: 3, ms: 7 * DAY_MS },
  packages: { countMin: 3, ms: 7 * DAY_MS },
  // 130 MB for every build of ours that is tried.
  programs: { countMin: 8, ms: 0 },
};
/** The kind is what stands before the digest. */
const NAME = /^(?<kind>.*?)-?[0-9a-f]{12}(?<part>\.part.*)?$/;

/** What may go: not used for long, not among the last of its kind, and of no run that lives. What has another name is not ours. */
export function chooseUnused(
  things: readonly StoredThing[],
  inUse: ReadonlySet<string>,
  { keeping, nowMs }: { readonly keeping: Keeping; readonly nowMs: number },
): readonly string[] {
  const newerCounts = new Map<string, number>();
  const newestFirst = things.toSorted((left, right) => right.usedAtMs - left.usedAtMs);
  const unused = newestFirst.filter(({ name, usedAtMs }) => {
    const { kind, part } = NAME.exec(name)?.groups ?? {};
    const ageMs = nowMs - usedAtMs;
    if (kind === undefined) return false;
    if (part !== undefined) return ageMs > PART_KEEPING_MS;
    const newerCount = newerCounts.get(kind) ?? 0;
    newerCounts.set(kind, newerCount + 1);
    return newerCount >= keeping.countMin && ageMs > keeping.ms && !inUse.has(name);
  });
  return unused.map(({ name }) => name);
}

/** Before somebody looks whether it is there: then it is not removed meanwhile. */
export function markUsed(path: string, nowMs: number): Promise<unknown> {
  return unlessGone(utimes(path, nowMs / 1000, nowMs / 1000));
}

/** Removes from the stores below a directory what nobody uses any more. Others may do the same at the same time. */
export async function removeUnused(
  directory: string,
  nowMs: number,
  report?: (line: string) => void,
): Promise<void> {
  const runs = await livingRuns(join(directory, "runs"));
  const inUse = new Set((await Promise.all(runs.map(usedBy))).flat());
  for (const [store, keeping] of Object.entries(STORES)) {
    const things = await readStore(join(directory, store));
    for (const name of chooseUnused(things, inUse, { keeping, nowMs })) {
      report?.(`removing ${store}/${name}: nobody has used it for long`);
      await removeThing(join(directory, store, name));
    }
  }
}

/** The last parts of all paths in a run's plan. While one is written it is not JSON yet; whoever writes it has marked what it uses. */
async function usedBy(runDirectory: string): Promise<readonly string[]> {
  const plan = (await unlessGone(readFile(join(runDirectory, PLAN_FILE), "utf8"))) ?? "";
  return [...plan.matchAll(/\/([^/"]+)"/g)].map(([, name = ""]) => name);
}

async function readStore(directory: string): Promise<readonly StoredThing[]> {
  const names = (await unlessGone(readdir(directory))) ?? [];
  const things = await Promise.all(
    names.map(async (name) => {
      const stats = await unlessGone(stat(join(directory, name)));
      return stats?.isDirectory() === true ? [{ name, usedAtMs: usedAtMsOf(name, stats) }] : [];
    }),
  );
  return things.flat();
}

/** What is being made has the time of modification of a package's archive, years ago (mmdebstrap): nobody can set the other one back. */
function usedAtMsOf(name: string, { mtimeMs, ctimeMs }: Stats): number {
  return NAME.exec(name)?.groups?.["part"] === undefined ? mtimeMs : ctimeMs;
}

/** First out of the way: nobody must take half of it for the whole. */
async function removeThing(path: string): Promise<void> {
  const away = `${path}.part-${randomUUID()}`;
  await unlessGone(rename(path, away));
  await rm(away, { recursive: true, force: true });
}

/** Undefined when there is no such file: another one was faster. */
async function unlessGone<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
