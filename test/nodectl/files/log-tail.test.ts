import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLogTail } from "../../../nodectl/files/log-tail.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log-tail-"));
  file = join(directory, "elastic.log");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("readLogTail()", () => {
  it("has no lines where there is no log", async () => {
    expect(await readLogTail(file)).toEqual([]);
  });

  it("goes on in the log that was rotated away, oldest first", async () => {
    writeFileSync(`${file}.1`, "one\ntwo\n");
    writeFileSync(file, "three\n");
    expect(await readLogTail(file)).toEqual(["one", "two", "three"]);
  });

  it("finds what was rotated away under another name, and passes over what was compressed", async () => {
    for (const [name, text] of [
      ["-20261123", "one\n"],
      ["-20261124", "two\n"],
      ["-20261122.gz", "zipped\n"],
      ["", "three\n"],
    ] as const) {
      writeFileSync(`${file}${name}`, text);
    }
    const older = new Date("2026-11-23T00:00:00Z");
    utimesSync(`${file}-20261123`, older, older);
    expect(await readLogTail(file)).toEqual(["two", "three"]);
  });

  it("reads no more than its bound, and no half line", async () => {
    writeFileSync(`${file}.1`, "older one\nolder two\n");
    writeFileSync(file, "new one\nnew two\n");
    expect(await readLogTail(file, 10)).toEqual(["new two"]);
    expect(await readLogTail(file, 16)).toEqual(["new one", "new two"]);
    expect(await readLogTail(file, 30)).toEqual(["older two", "new one", "new two"]);
  });

  it("reads nothing of a single line that is longer than its bound", async () => {
    writeFileSync(file, "x".repeat(100));
    expect(await readLogTail(file, 10)).toEqual([]);
  });

  it("says that it cannot read what is there", async () => {
    await expect(readLogTail(directory)).rejects.toThrow(/EISDIR/);
  });
});
