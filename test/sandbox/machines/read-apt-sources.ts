import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAptSources, type AptSource } from "./apt-sources.ts";

/** Every entry of /etc/apt/sources.list and sources.list.d, in apt's order. */
export async function readAptSources(directory = "/etc/apt"): Promise<readonly AptSource[]> {
  const partsDirectory = join(directory, "sources.list.d");
  const parts = (await readdir(partsDirectory).catch(onlyIfAbsent([])))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files = [
    join(directory, "sources.list"),
    ...parts.map((name) => join(partsDirectory, name)),
  ];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(onlyIfAbsent(""));
    sources.push(...parseAptSources(text, file));
  }
  return Promise.all(sources.map(resolveMirrorList));
}

/** apt-transport-mirror(1): a file with one mirror a line, as Debian's cloud images have it. The first one is the preferred one. */
async function resolveMirrorList(source: AptSource): Promise<AptSource> {
  const file = /^mirror\+file:(?:\/\/(?=\/))?(\/.*)$/.exec(source.uri)?.[1];
  if (file === undefined) return source;
  const lines = (await readFile(file, "utf8").catch(onlyIfAbsent(""))).split("\n");
  const first = lines.find((line) => /^\s*[a-z]/.test(line))?.trim();
  return first === undefined ? source : { ...source, uri: first.split(/\s/)[0] ?? source.uri };
}

function onlyIfAbsent<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return value;
    throw error;
  };
}
