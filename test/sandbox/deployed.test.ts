import { execFile } from "node:child_process";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { git } from "../git.ts";
import { countChanges } from "./deployed.ts";

const NOBODY = 65_534;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "checkout-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("files that are not committed are counted, from below the top too", async () => {
  await git(directory, "init", "--quiet");
  for (const name of ["one", "two"]) await writeFile(join(directory, name), name);
  expect(await countChanges(directory)).toBe(2);
  await git(directory, "add", ".");
  await git(directory, "commit", "--quiet", "--message", "both");
  expect(await countChanges(directory)).toBe(0);
  await writeFile(join(directory, "one"), "changed");
  expect(await countChanges(directory)).toBe(1);
});

test.runIf(process.getuid?.() === 0)("the checkout may be another user's", async () => {
  await git(directory, "init", "--quiet");
  await chown(directory, NOBODY, NOBODY);
  await chown(join(directory, ".git"), NOBODY, NOBODY);
  const plain = promisify(execFile)("git", ["-C", directory, "status"], { env: {} });
  await expect(plain).rejects.toThrow("dubious ownership");
  expect(await countChanges(directory)).toBe(0);
});

test("what is no checkout is said in one sentence", async () => {
  await expect(countChanges(directory)).rejects.toThrow(
    /^machines that boot pull a commit of this repository, and git names none: fatal: not a git repository/,
  );
});
