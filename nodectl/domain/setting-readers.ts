import { readChoice, readEach, readItems, readText, readWholeNumber } from "./fields.ts";
import type { NumberRange, TextRule } from "./fields.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";

/** One key of a settings file: startnode.yaml's, or cluster.yaml's. */
export interface Setting<Value> {
  readonly meaning: string;
  /** A line to copy, shown when the key is missing. */
  readonly example: string;
  /** `required`, or the value that an absent key stands for. */
  readonly absent: "required" | { readonly value: Value };
  read(located: Located, problems: ProblemCollector): Value | null;
}

const TEXT_LENGTH_MAX = 255;
const COMMAND_WORDS_MAX = 32;

/** Reads one value, or reports what is wrong with it. */
export type Reader<Value> = Setting<Value>["read"];

export function required<Value>(
  read: Reader<Value>,
  meaning: string,
  example: string,
): Setting<Value> {
  return { meaning, example, absent: "required", read };
}

export function optional<Value>(
  read: Reader<Value>,
  meaning: string,
  example: string,
): Setting<Value | undefined> {
  return { meaning, example, absent: { value: undefined }, read };
}

export function defaulted<Value extends string | number | readonly string[]>(
  read: Reader<Value>,
  meaning: string,
  value: Value,
): Setting<Value> {
  // JSON is YAML too.
  const example = JSON.stringify(value);
  return { meaning, example, absent: { value }, read };
}

export function text(pattern: RegExp, fix: string, lengthMax = TEXT_LENGTH_MAX): Reader<string> {
  const rule: TextRule = { pattern, fix, lengthMax };
  return (located, problems) => readText(located, rule, problems);
}

export function oneLine(fix: string): Reader<string> {
  return text(/^\S+$/, `${fix}, without blanks`);
}

/** Form of an OCID: docs.oracle.com, "Resource Identifiers"; the region and the part after it may be empty. */
export function ocid(...types: readonly string[]): Reader<string> {
  const pattern = new RegExp(String.raw`^ocid1\.(${types.join("|")})\.[\w-]+(\.[\w-]*)+\.[\w-]+$`);
  return text(pattern, `write an OCID that begins with ocid1.${types.join(" or ocid1.")}`);
}

export const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;

/** Value of the tag `cluster`. */
export const CLUSTER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function region(): Reader<string> {
  return text(REGION, "write OCI's region identifier, such as uk-london-1");
}

export function absolutePath(): Reader<string> {
  return text(/^\/(?!.*\/\/)\S*$/, "write an absolute path without blanks", 1024);
}

export function wholeNumber(range: NumberRange): Reader<number> {
  return (located, problems) => readWholeNumber(located, range, problems);
}

export function choice<Word extends string>(...words: readonly Word[]): Reader<Word> {
  return (located, problems) => readChoice(located, words, problems);
}

export function listOf(
  read: Reader<string>,
  countMax: number,
  what: string,
): Reader<readonly string[]> {
  const fix = `write a list of at most ${countMax} ${what}`;
  return (located, problems) => {
    const items = readItems(located, { countMax, fix }, problems);
    return items && readEach(items, (item) => read(item, problems));
  };
}

/** http(s)://host[:port] and nothing behind it: the SDK appends its own path. */
export function baseUrl(located: Located, problems: ProblemCollector): string | null {
  const fix = "write http://host:port or https://host:port, without a path";
  const written = readText(
    located,
    { pattern: /^https?:\/\//, fix, lengthMax: TEXT_LENGTH_MAX },
    problems,
  );
  if (written === null) return null;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url !== undefined && [url.origin, `${url.origin}/`].includes(url.href)) return url.origin;
  return problems.report(located, "this is not a base URL", fix);
}

/** A list of words, or one string that is cut at its blanks. No shell reads it, so quotes would do nothing. */
export function command(located: Located, problems: ProblemCollector): readonly string[] | null {
  const fix = "write a list of words, such as [systemctl, restart, slurmctld]";
  const word: TextRule = { pattern: /./, fix, lengthMax: TEXT_LENGTH_MAX };
  if (located.at.kind === "list" && located.at.items.length > 0) {
    const items = readItems(located, { countMax: COMMAND_WORDS_MAX, fix }, problems);
    return items && readEach(items, (item) => readText(item, word, problems));
  }
  const rule: TextRule = { ...word, pattern: /^[^'"\\$`|&;<>*?()]*\S[^'"\\$`|&;<>*?()]*$/ };
  const line = readText(located, rule, problems);
  return line === null ? null : line.trim().split(/ +/);
}
