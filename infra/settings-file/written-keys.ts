import { locatedAt, readMap } from "../../nodectl/domain/fields.ts";
import type { PositionedEntry, PositionedMap } from "../../nodectl/domain/positioned.ts";
import type { Located, ProblemCollector } from "../../nodectl/domain/problem-collector.ts";
import { joinKeys } from "../../nodectl/domain/problem.ts";
import { isSecretName, SECRET_FIX, SECRET_MESSAGE } from "./secrets.ts";

/**
 * What is written, by its key with the section before a dot. Reports keys that are not known, sections that are none,
 * and secrets, whose values no message shows.
 */
export function writtenKeys(
  root: Located<PositionedMap>,
  keys: readonly string[],
  problems: ProblemCollector,
): ReadonlyMap<string, Located> {
  return new Map(entriesOf(root, keys, problems));
}

function entriesOf(
  section: Located<PositionedMap>,
  keys: readonly string[],
  problems: ProblemCollector,
): readonly [string, Located][] {
  return section.at.entries.flatMap((entry) => {
    const located = locatedAt(section, entry);
    const key = located.path.join(".");
    if (entry.key.includes(".")) return refuse(section, entry, keys, problems);
    if (keys.includes(key)) return [[key, located] as const satisfies [string, Located]];
    if (!keys.some((known) => known.startsWith(`${key}.`))) {
      return refuse(section, entry, keys, problems);
    }
    // All of its keys are commented out.
    if (located.at.kind === "scalar" && located.at.value === null) return [];
    const below = childrenOf(keys, located.path).join(", ");
    const map = readMap(located, `write lines below it, indented, of the keys ${below}`, problems);
    return map === null ? [] : entriesOf(map, keys, problems);
  });
}

function refuse(
  section: Located<PositionedMap>,
  entry: PositionedEntry,
  keys: readonly string[],
  problems: ProblemCollector,
): [] {
  if (isSecretName(entry.key)) {
    const key = joinKeys([...section.path, entry.key]);
    problems.add({ line: entry.line, key, message: SECRET_MESSAGE, fix: SECRET_FIX });
  } else {
    problems.reportUnknownKey(section.path, entry, childrenOf(keys, section.path));
  }
  return [];
}

function childrenOf(keys: readonly string[], path: readonly string[]): readonly string[] {
  const prefix = path.map((word) => `${word}.`).join("");
  const below = keys.filter((key) => key.startsWith(prefix));
  return [...new Set(below.map((key) => key.slice(prefix.length).split(".")[0] ?? ""))];
}
