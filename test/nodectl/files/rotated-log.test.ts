import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeptConsoles } from "../../../nodectl/files/kept-consoles.ts";
import { listRotatedLogs, readLines, type LogFile } from "../../../nodectl/files/rotated-log.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "rotated-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function put(name: string, content: string | Buffer, modifiedSeconds = 1): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  utimesSync(path, modifiedSeconds, modifiedSeconds);
  return path;
}

async function linesOf(name: string, bytesMax?: number): Promise<readonly unknown[]> {
  const files = await listRotatedLogs(join(directory, "e.log"));
  const file = files.find(({ path }) => basename(path) === name) as LogFile;
  const lines: string[] = [];
  const isWhole = await readLines(file, (line) => lines.push(line), bytesMax);
  return [isWhole, ...lines];
}

describe("listRotatedLogs()", () => {
  it("finds what logrotate makes of a log, the newest first, and nothing else", async () => {
    const own = ["e.log", "e.log.1", "e.log.2.gz", "e.log-20261125", "e.log-20261124.gz"];
    own.forEach((name, index) => put(name, "", 100 - index));
    for (const name of ["e.log.lock", "e.logs", "f.log", "e.log.old.gz", "xe.log"]) put(name, "");
    const found = await listRotatedLogs(join(directory, "e.log"));
    expect(found.map(({ path }) => basename(path))).toEqual(own);
  });

  it("finds nothing where nothing is", async () => {
    expect(await listRotatedLogs(join(directory, "none/e.log"))).toEqual([]);
  });
});

describe("readLines()", () => {
  it("reads plain and compressed files, with or without a last newline", async () => {
    put("e.log", "one\ntwo\nthr\u00e9e");
    put("e.log.1.gz", gzipSync("four\nfive\n"));
    expect(await linesOf("e.log")).toEqual([true, "one", "two", "thr\u00e9e"]);
    expect(await linesOf("e.log.1.gz")).toEqual([true, "four", "five"]);
  });

  it("reads the end of a file that is too large, and says so", async () => {
    put("e.log", `${"x".repeat(100)}\nlast\n`);
    expect(await linesOf("e.log", 8)).toEqual([false, "xx", "last"]);
  });

  it("reads no more of a compressed one than allowed", async () => {
    put("e.log.1.gz", gzipSync("x\n".repeat(1_000_000)));
    const [isWhole, ...lines] = await linesOf("e.log.1.gz", 100_000);
    expect(isWhole).toBe(false);
    expect(lines.length).toBeLessThanOrEqual(50_000);
  });

  it("says what is wrong with a file that is not compressed though its name says so", async () => {
    put("e.log.1.gz", "plain\n");
    await expect(linesOf("e.log.1.gz")).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
  });
});

describe("readKeptConsoles()", () => {
  it("reads the newest few of the node alone, oldest first, each its end", async () => {
    for (let day = 1; day <= 7; day += 1)
      put(`2026-11-0${day}T00-00-00_n-1.console`, `day ${day}`, day);
    put("2026-11-09T00-00-00_mn-1.console", "of another");
    put("2026-11-09T00-00-00_n-1.console.part", "a draft");
    put("2026-11-08T00-00-00_n-1.console", `${"x".repeat(70_000)}end`, 8);
    const kept = await readKeptConsoles(directory, "n-1");
    expect(kept.map(({ modifiedMs }) => modifiedMs / 1000)).toEqual([4, 5, 6, 7, 8]);
    expect(kept[0]?.text).toBe("day 4");
    expect(kept[4]?.text).toMatch(/^x{65533}end$/);
  });

  it("has none while nothing was kept", async () => {
    mkdirSync(join(directory, "consoles"));
    expect(await readKeptConsoles(join(directory, "consoles"), "n-1")).toEqual([]);
    expect(await readKeptConsoles(join(directory, "none"), "n-1")).toEqual([]);
  });
});
