import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CapacityEntry } from "../../../nodectl/domain/capacity-entry.ts";
import { CapacityFile } from "../../../nodectl/files/capacity-file.ts";

const NOW_MS = 1_000_000;

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "citc-capacity-"));
  path = join(directory, "run/capacity.jsonl");
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function file(): CapacityFile {
  return new CapacityFile(path, () => NOW_MS);
}

function entry(key: string, untilMs = NOW_MS + 60_000): CapacityEntry {
  return { key, kind: "capacity", untilMs, message: "500 InternalError: Out of host capacity." };
}

describe("CapacityFile", () => {
  it("is empty when it is not there, and makes its directory", async () => {
    expect(await file().read()).toEqual([]);
    await file().add(entry("a"));
    expect(await file().read()).toEqual([entry("a")]);
  });

  it("keeps every line of writers that write at once", async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    await file().add(entry("first"));
    await Promise.all(keys.map((key) => file().add(entry(key))));
    const read = (await file().read()).map(({ key }) => key);
    expect(read.sort()).toEqual(["first", ...keys].sort());
  });

  it.each([
    "",
    "{",
    '{"key":"a"}',
    '"text"',
    "null",
    '{"key":"a","kind":"odd","untilMs":1,"message":""}',
  ])("passes over the line %j, which is none of its own", async (line) => {
    await file().add(entry("a"));
    await appendFile(path, `${line}\n`);
    await file().add(entry("b"));
    expect((await file().read()).map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("is written anew when it has grown, with the newest of each key that still counts", async () => {
    await file().add(entry("a", NOW_MS - 1));
    const old = JSON.stringify(entry("b", NOW_MS + 1));
    await appendFile(path, `${old}\n`.repeat(700));
    await file().add(entry("b", NOW_MS + 2));
    expect((await readFile(path, "utf8")).trim().split("\n")).toHaveLength(1);
    expect(await file().read()).toEqual([entry("b", NOW_MS + 2)]);
  });

  it("says so when it cannot be written: the caller goes on without it", async () => {
    await writeFile(join(directory, "run"), "a file, not a directory");
    await expect(file().add(entry("a"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});
