import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConsoleFiles } from "./console-files.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "console-files-"));
  file = join(directory, "console.log");
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe("the console of an instance", () => {
  test("is not there before it has power", () => {
    expect(new ConsoleFiles().read("a")).toBeUndefined();
  });

  test("is its own, although an earlier machine of its name wrote to the same file", async () => {
    const consoles = new ConsoleFiles();
    consoles.begin("a", file);
    expect(consoles.read("a")?.toString()).toBe("");
    await writeFile(file, "first\n");
    consoles.begin("b", file);
    await appendFile(file, "second\n");
    expect(consoles.read("b")?.toString()).toBe("second\n");
    consoles.forget("b");
    expect(consoles.read("b")).toBeUndefined();
  });

  test("goes on when it is powered on again, and keeps the last megabyte", async () => {
    const consoles = new ConsoleFiles();
    consoles.begin("a", file);
    await writeFile(file, "first\n");
    consoles.begin("a", file);
    await appendFile(file, "second\n");
    expect(consoles.read("a")?.toString()).toBe("first\nsecond\n");
    await appendFile(file, `${"x".repeat(1024 * 1024 - 4)}end\n`);
    expect(consoles.read("a")).toHaveLength(1024 * 1024);
    expect(consoles.read("a")?.subarray(-4).toString()).toBe("end\n");
  });
});
