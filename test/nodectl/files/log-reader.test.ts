import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readNewLines } from "../../../nodectl/files/log-reader.ts";

const START = { inode: 0, offset: 0 };
let directory = "";
let file = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "citc-log-"));
  file = join(directory, "elastic.log");
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it("gives each whole line once, and a torn one when it is whole", async () => {
  await writeFile(file, "a\nb\nc");
  const first = await readNewLines(file, START);
  expect(first.lines).toEqual(["a", "b"]);
  await appendFile(file, "d\ne\n");
  const second = await readNewLines(file, first.position);
  expect(second.lines).toEqual(["cd", "e"]);
  expect((await readNewLines(file, second.position)).lines).toEqual([]);
});

it("reads a new file from its beginning after a rotation", async () => {
  await writeFile(file, "a\nb\n");
  const { position } = await readNewLines(file, START);
  await rename(file, `${file}.1`);
  await writeFile(file, "c\nd\ne\n");
  expect((await readNewLines(file, position)).lines).toEqual(["c", "d", "e"]);
});

it("reads a file that was cut from its beginning", async () => {
  await writeFile(file, "a\nb\n");
  const { position } = await readNewLines(file, START);
  await writeFile(file, "c\n");
  expect((await readNewLines(file, position)).lines).toEqual(["c"]);
});

it("has nothing to say when there is no log", async () => {
  expect(await readNewLines(file, START)).toEqual({ lines: [], position: START });
});
