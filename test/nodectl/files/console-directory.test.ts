import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConsoleDirectory } from "../../../nodectl/files/console-directory.ts";

let base: string;
let nowMs = 0;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "consoles-"));
  nowMs = Date.parse("2026-11-25T14:05:07Z");
});
afterEach(() => rm(base, { recursive: true }));

function consoles(): ConsoleDirectory {
  return new ConsoleDirectory(join(base, "new"), { now: () => nowMs });
}

test("a console is kept in a file of its own, named after time and node, and not for everybody", async () => {
  const file = await consoles().save("n1", "kernel panic\n");
  expect(basename(file)).toMatch(/^2026-11-2\dT\d\d-\d\d-07_n1\.console$/);
  expect(await readFile(file, "utf8")).toBe("kernel panic\n");
  expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test("fifty consoles are kept, the newest, and nothing else is removed", async () => {
  const directory = consoles();
  for (let count = 0; count < 52; count += 1) {
    nowMs += 1000;
    await directory.save("n1", String(count));
    if (count === 0) await writeFile(join(base, "new/a-note"), "by an admin");
  }
  const names = (await readdir(join(base, "new"))).sort();
  expect(names).toHaveLength(51);
  const texts = await Promise.all(names.map((name) => readFile(join(base, "new", name), "utf8")));
  expect(texts[0]).toBe("2");
  expect(texts.at(-1)).toBe("by an admin");
});

test("of a long console the end is kept", async () => {
  const file = await consoles().save("n1", `${"x".repeat(100_000)}the end`);
  const text = await readFile(file, "utf8");
  expect(text).toHaveLength(65_536);
  expect(text.endsWith("the end")).toBe(true);
});
