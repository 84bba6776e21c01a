import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeError } from "../../../nodectl/cli/run.ts";
import { DiskFullError, writeDurably } from "../../../nodectl/files/durable-file.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "durable-"));
  file = join(directory, "nodes.json");
  await writeFile(file, "before");
});
afterEach(() => rm(directory, { recursive: true }));

/** The draft is on a device that is always full. */
const openFull = (): ReturnType<typeof open> => open("/dev/full", "r+");

it("keeps what was there, and says so in one sentence, when the disk is full", async () => {
  const error: unknown = await writeDurably(file, "text", openFull).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(DiskFullError);
  expect(describeError(error)).toBe(
    `${file} could not be written: its file system is full (df ${directory}); free some space, then run it again`,
  );
  expect(await readFile(file, "utf8")).toBe("before");
});

it("takes a quota that is used up for a full disk", async () => {
  const used = Object.assign(new Error("EDQUOT: disk quota exceeded, open"), {
    ...{ code: "EDQUOT", syscall: "open" },
  });
  const written = writeDurably(file, "text", () => Promise.reject(used));
  await expect(written).rejects.toBeInstanceOf(DiskFullError);
});

it("leaves no draft when the file cannot be replaced", async () => {
  await rm(file);
  await mkdir(join(file, "in-it"), { recursive: true });
  await expect(writeDurably(file, "text")).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  expect(await readdir(directory)).toEqual(["nodes.json"]);
});

it("passes on what else the system refuses", async () => {
  await expect(writeDurably("/nowhere/at/all", "text")).rejects.toThrow("ENOENT");
  expect(existsSync("/nowhere")).toBe(false);
});
