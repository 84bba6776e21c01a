import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeRunDirectory } from "./run-directory.ts";

/** Beyond the largest process id that Linux gives. */
const DEAD = 4_194_305;

let runs: string;
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), "runs-"));
});
afterEach(async () => {
  await rm(runs, { recursive: true });
});

test("makeRunDirectory() removes what a killed run has left, and nothing else", async () => {
  const living = await makeRunDirectory(runs, "run");
  for (const name of [`run-${DEAD}-a`, `kept-${DEAD}-b`, "other"]) await mkdir(join(runs, name));
  const next = await makeRunDirectory(runs, "run");
  expect(next).not.toBe(living);
  const left = [living, next, ...["other", `kept-${DEAD}-b`].map((name) => join(runs, name))];
  expect(left.every((path) => existsSync(path))).toBe(true);
  expect(existsSync(join(runs, `run-${DEAD}-a`))).toBe(false);
});
