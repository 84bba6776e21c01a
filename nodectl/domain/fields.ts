import { nearestNames } from "./edit-distance.ts";
import type { PositionedEntry, PositionedMap } from "./positioned.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";

/** The readers return null after they reported what is wrong: the caller goes on to the next field. */

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** A whole number written in decimal digits: not 1e3, not 0x10, not 4.0, not "4". */
export function readWholeNumber(
  located: Located,
  range: NumberRange,
  problems: ProblemCollector,
): number | null {
  const { at } = located;
  const fix = `write a whole number from ${range.min} to ${range.max}`;
  if (at.kind !== "scalar" || at.isQuoted || !/^[+-]?\d+$/.test(at.source)) {
    return problems.report(located, "this is not a whole number", fix);
  }
  const value = Number(at.source);
  if (value < range.min) return problems.report(located, "this is too small", fix);
  if (value > range.max) return problems.report(located, "this is too large", fix);
  return value;
}

export interface TextRule {
  readonly pattern: RegExp;
  readonly lengthMax: number;
  /** What to write, in the imperative, e.g. `write an absolute path`. */
  readonly fix: string;
}

/** One line of text. Numbers and booleans count as what was written, so that `ansible_branch: 6` is "6". */
export function readText(
  located: Located,
  rule: TextRule,
  problems: ProblemCollector,
): string | null {
  const { at } = located;
  if (at.kind !== "scalar" || at.value === null || at.source === "") {
    return problems.report(located, "text is needed here", rule.fix);
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(at.source)) {
    return problems.report(located, "line breaks and control characters are not allowed", rule.fix);
  }
  if (at.source.length > rule.lengthMax) {
    const message = `${at.source.length} characters are too many`;
    return problems.report(
      located,
      message,
      `${rule.fix}, of at most ${rule.lengthMax} characters`,
    );
  }
  if (!rule.pattern.test(at.source)) return problems.report(located, "this does not fit", rule.fix);
  return at.source;
}

/** One of a few words. */
export function readChoice<Word extends string>(
  located: Located,
  words: readonly Word[],
  problems: ProblemCollector,
): Word | null {
  const { at } = located;
  const written = at.kind === "scalar" ? at.source : "";
  const word = words.find((candidate) => candidate === written);
  if (word !== undefined) return word;
  const nearest = nearestNames(written, words, 1);
  const hint = nearest.length > 0 ? ` (did you mean ${nearest.join("")}?)` : "";
  return problems.report(located, "this is not a choice", `write ${words.join(" or ")}${hint}`);
}

export function readMap(
  located: Located,
  fix: string,
  problems: ProblemCollector,
): Located<PositionedMap> | null {
  const { at, path, line } = located;
  if (at.kind === "map") return { at, path, line };
  return problems.report(located, "a map of keys and values is needed here", fix);
}

/** The items of a list; a single value counts as a list of one. */
export function readItems(
  located: Located,
  rule: { readonly countMax: number; readonly fix: string },
  problems: ProblemCollector,
): readonly Located[] | null {
  const { at, path } = located;
  if (at.kind === "map") return problems.report(located, "a list is needed here", rule.fix);
  if (at.kind === "scalar") return [located];
  if (at.items.length > rule.countMax) {
    return problems.report(located, `more than ${rule.countMax} items`, rule.fix);
  }
  return at.items.map((item, index) => ({
    at: item,
    path: [...path, `${index + 1}`],
    line: item.line,
  }));
}

/** Reads every item, and is null when one of them is wrong. */
export function readEach<Value>(
  items: readonly Located[],
  read: (item: Located) => Value | null,
): readonly Value[] | null {
  const values = items.map(read).filter((value) => value !== null);
  return values.length === items.length ? values : null;
}

/** The value under a key, with its path; undefined when the key is absent. */
export function fieldOf(map: Located<PositionedMap>, key: string): Located | undefined {
  const entry = map.at.entries.find((candidate) => candidate.key === key);
  return entry && locatedAt(map, entry);
}

/** The value of one of a map's entries, with its path. */
export function locatedAt(map: Located<PositionedMap>, entry: PositionedEntry): Located {
  return { path: [...map.path, entry.key], at: entry.value, line: entry.line };
}

/** A whole file's map. */
export function rootOf(at: PositionedMap): Located<PositionedMap> {
  return { path: [], at, line: 1 };
}

/** Reports every key that is none of the known ones. */
export function reportUnknownKeys(
  map: Located<PositionedMap>,
  known: readonly string[],
  problems: ProblemCollector,
): void {
  for (const entry of map.at.entries) {
    if (!known.includes(entry.key)) problems.reportUnknownKey(map.path, entry, known);
  }
}
