import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PLAN_FILE } from "./region-plan.ts";
import { makeRunDirectory } from "./run-directory.ts";
import { chooseUnused, markUsed, removeUnused, type StoredThing } from "./unused.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1000 * DAY_MS;
const KEEPING = { countMin: 3, ms: 7 * DAY_MS };
const DIGEST = "0123456789a";

/** `bare-…0`, `bare-…1` and so on, used so many days ago. */
function things(kind: string, ...days: number[]): StoredThing[] {
  return days.map((age, index) => ({
    name: `${kind}-${DIGEST}${index}`,
    usedAtMs: NOW_MS - age * DAY_MS,
  }));
}

function choose(stored: readonly StoredThing[], ...inUse: string[]): readonly string[] {
  return chooseUnused(stored, new Set(inUse), { keeping: KEEPING, nowMs: NOW_MS });
}

describe("chooseUnused()", () => {
  it("keeps the three of a kind that were used last, however long ago", () => {
    expect(choose(things("trixie-bare", 80, 50, 90, 60, 70))).toEqual([
      `trixie-bare-${DIGEST}0`,
      `trixie-bare-${DIGEST}2`,
    ]);
  });

  it("counts each release and kind by itself", () => {
    const ofOthers = ["bookworm-bare", "trixie-baked", "trixie"].flatMap((kind) =>
      things(kind, 50, 50, 50),
    );
    expect(choose([...ofOthers, ...things("trixie-bare", 50, 50, 50)])).toEqual([]);
  });

  it("keeps what was used within a week, however many there are", () => {
    expect(choose(things("trixie-bare", 1, 2, 3, 4, 5, 6, 7))).toEqual([]);
  });

  it("keeps what a run that lives is made of", () => {
    const stored = things("trixie-bare", 1, 1, 1, 30, 40);
    expect(choose(stored, `trixie-bare-${DIGEST}3`)).toEqual([`trixie-bare-${DIGEST}4`]);
  });

  it("lets what is not whole go after a day, and does not count it", () => {
    const name = `trixie-bare-${DIGEST}9.part`;
    const parts = [
      { name, usedAtMs: NOW_MS - 2 * DAY_MS },
      { name: `${name}-5f`, usedAtMs: NOW_MS - DAY_MS / 2 },
    ];
    expect(choose([...parts, ...things("trixie-bare", 30, 30, 30)])).toEqual([name]);
  });

  it("leaves alone what is named otherwise", () => {
    expect(choose(["none", "notes", "."].map((name) => ({ name, usedAtMs: 0 })))).toEqual([]);
  });
});

describe("removeUnused()", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "stores-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function put(store: string, stored: readonly StoredThing[]): Promise<void> {
    for (const { name, usedAtMs } of stored) {
      await mkdir(join(directory, store, name, "etc"), { recursive: true });
      await utimes(join(directory, store, name), usedAtMs / 1000, usedAtMs / 1000);
    }
  }

  it("removes old images, but for those of a living run and those that somebody has just marked", async () => {
    await put("images", things("trixie-bare", 20, 21, 22, 30, 40, 50));
    await writeFile(join(directory, "images/note"), "");
    const run = await makeRunDirectory(join(directory, "runs"), "run");
    const plan = { imageDirectory: `/a/b/trixie-bare-${DIGEST}3`, programsDirectory: "/a/none" };
    await writeFile(join(run, PLAN_FILE), JSON.stringify(plan));
    await markUsed(join(directory, "images", `trixie-bare-${DIGEST}5`), NOW_MS);
    const said: string[] = [];
    await removeUnused(directory, NOW_MS, (line) => said.push(line));
    const left = [0, 1, 3, 5].map((number) => `trixie-bare-${DIGEST}${number}`);
    expect((await readdir(join(directory, "images"))).toSorted()).toEqual(["note", ...left]);
    expect(said).toHaveLength(2);
  });

  it("keeps eight archives, and the empty one of those who have none", async () => {
    const eleven = Array.from({ length: 11 }, (_, index) => ({
      name: `0123456789${String(index).padStart(2, "0")}`,
      usedAtMs: NOW_MS - index * 1000,
    }));
    await put("programs", [...eleven, { name: "none", usedAtMs: 0 }]);
    await removeUnused(directory, NOW_MS);
    const left = [...eleven.slice(0, 8).map(({ name }) => name), "none"];
    expect((await readdir(join(directory, "programs"))).toSorted()).toEqual(left);
  });

  it("leaves alone what is being made, whatever time an archive has given it, and not what was left in the making", async () => {
    const name = `trixie-bare-${DIGEST}9.part`;
    await put("images", [{ name, usedAtMs: 0 }]);
    await removeUnused(directory, Date.now());
    expect(await readdir(join(directory, "images"))).toEqual([name]);
    await removeUnused(directory, Date.now() + 2 * 86_400_000);
    expect(await readdir(join(directory, "images"))).toEqual([]);
  });

  it("does nothing where there is no store, and marks nothing that is not there", async () => {
    await removeUnused(directory, NOW_MS);
    await markUsed(join(directory, "images/trixie-bare"), NOW_MS);
    expect(existsSync(join(directory, "images"))).toBe(false);
  });
});
