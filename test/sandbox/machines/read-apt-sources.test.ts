import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAptSources } from "./read-apt-sources.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "apt-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("readAptSources() reads sources.list, then the parts in the order of their names, and no other file", async () => {
  await mkdir(join(directory, "sources.list.d"));
  await writeFile(join(directory, "sources.list"), "deb http://one.example/debian bookworm main");
  const part = (name: string, host: string) =>
    writeFile(
      join(directory, "sources.list.d", name),
      `Types: deb\nURIs: http://${host}/debian\nSuites: bookworm\nComponents: main\n`,
    );
  await part("b.sources", "three.example");
  await part("a.sources", "two.example");
  await part("c.sources.save", "four.example");
  const sources = await readAptSources(directory);
  expect(sources.map(({ uri }) => new URL(uri).host)).toEqual([
    "one.example",
    "two.example",
    "three.example",
  ]);
});

test("readAptSources() takes the first mirror of a mirror list", async () => {
  const list = join(directory, "mirrors.list");
  await writeFile(
    list,
    "# comment\nhttps://first.example/debian\tpriority:1\nhttps://second.example/debian\n",
  );
  await writeFile(join(directory, "sources.list"), `deb mirror+file:${list} bookworm main`);
  const [source] = await readAptSources(directory);
  expect(source?.uri).toBe("https://first.example/debian");
});

test("readAptSources() finds nothing where apt has no sources", async () => {
  expect(await readAptSources(directory)).toEqual([]);
});
