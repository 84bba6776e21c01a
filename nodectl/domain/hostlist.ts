/** Slurm has no more nodes than this (MAX_SLURM_NODES, also the most that one of its ranges may hold). */
export const HOSTLIST_NAMES_MAX = 65_536;

/** Linux refuses a longer single argument (MAX_ARG_STRLEN), so Slurm cannot hand us one either. */
export const HOSTLIST_LENGTH_MAX = 131_072;

/** Above this, a number in a name could not be counted exactly. */
const DIGITS_MAX = 15;

export type ExpandedHostlist =
  | { readonly kind: "valid"; readonly value: readonly string[] }
  | { readonly kind: "invalid"; readonly message: string };

/** One or more texts that stand at the same place of a name: a literal has one, a bracket several. */
type Part = readonly string[];

class HostlistSyntaxError extends Error {
  override readonly name = "HostlistSyntaxError";
  constructor(position: number, what: string) {
    super(`position ${position + 1}: ${what}`);
  }
}

/**
 * Expands a hostlist expression as Slurm does: `a[1-2,07]` is a1, a2, a07; several brackets multiply. The width of
 * a range is that of its first number. Checked against `scontrol show hostnames` of 22.05.8 and 24.11.5, with
 * two differences on purpose: a name comes once however often it is written, and what Slurm lets pass by silence
 * (empty names, unclosed brackets, characters that no node name has) is an error that names the place.
 */
export function expandHostlist(text: string): ExpandedHostlist {
  try {
    return { kind: "valid", value: expand(text) };
  } catch (error) {
    if (error instanceof HostlistSyntaxError) {
      return { kind: "invalid", message: error.message };
    }
    throw error;
  }
}

function expand(text: string): readonly string[] {
  if (text.length > HOSTLIST_LENGTH_MAX) {
    throw new HostlistSyntaxError(
      HOSTLIST_LENGTH_MAX,
      `longer than ${HOSTLIST_LENGTH_MAX} characters`,
    );
  }
  const names = new Set<string>();
  let position = 0;
  for (;;) {
    const item = readItem(text, position);
    addNames(names, item.parts, position);
    if (item.end === text.length) {
      return [...names];
    }
    position = item.end + 1;
  }
}

/** Reads one comma-separated item and stops at its comma or at the end of the text. */
function readItem(text: string, start: number): { readonly parts: Part[]; readonly end: number } {
  const parts: Part[] = [];
  let position = start;
  while (position < text.length && text[position] !== ",") {
    const read = text[position] === "[" ? readBracket(text, position) : readLiteral(text, position);
    parts.push(read.part);
    position = read.end;
  }
  if (parts.length === 0) {
    throw new HostlistSyntaxError(start, "a node name is missing");
  }
  return { parts, end: position };
}

function readLiteral(text: string, start: number): { readonly part: Part; readonly end: number } {
  const literal = /^[A-Za-z0-9._-]+/.exec(text.slice(start, nextSpecial(text, start)))?.[0] ?? "";
  const end = start + literal.length;
  const next = text[end];
  if (next !== undefined && next !== "," && next !== "[") {
    throw new HostlistSyntaxError(end, describeStranger(next));
  }
  return { part: [literal], end };
}

function nextSpecial(text: string, start: number): number {
  const found = text.slice(start).search(/[[\],]/);
  return found === -1 ? text.length : start + found;
}

function describeStranger(character: string): string {
  if (character === "]") {
    return '"]" without a "[" before it';
  }
  if (/\s/.test(character)) {
    return "white space; separate names by commas";
  }
  return `${JSON.stringify(character)} cannot be part of a node name`;
}

function readBracket(text: string, start: number): { readonly part: Part; readonly end: number } {
  const close = text.indexOf("]", start);
  if (close === -1) {
    throw new HostlistSyntaxError(start, '"[" is never closed');
  }
  const part: string[] = [];
  let position = start + 1;
  for (const range of text.slice(position, close).split(",")) {
    part.push(...expandRange(range, position, part.length));
    position += range.length + 1;
  }
  return { part, end: close + 1 };
}

function expandRange(range: string, position: number, countBefore: number): readonly string[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range);
  const first = match?.[1];
  if (first === undefined) {
    throw new HostlistSyntaxError(
      position,
      `${JSON.stringify(range)} is neither a number nor a range such as 1-3`,
    );
  }
  const last = match?.[2] ?? first;
  if (first.length > DIGITS_MAX || last.length > DIGITS_MAX) {
    throw new HostlistSyntaxError(position, `a number of more than ${DIGITS_MAX} digits`);
  }
  const [low, high] = [Number(first), Number(last)];
  if (high < low) {
    throw new HostlistSyntaxError(position, `the range ${range} runs backwards`);
  }
  checkCount(countBefore + (high - low) + 1, position);
  return Array.from({ length: high - low + 1 }, (_, offset) =>
    String(low + offset).padStart(first.length, "0"),
  );
}

function checkCount(count: number, position: number): void {
  if (count > HOSTLIST_NAMES_MAX) {
    throw new HostlistSyntaxError(position, `more than ${HOSTLIST_NAMES_MAX} names`);
  }
}

function addNames(names: Set<string>, parts: readonly Part[], position: number): void {
  const count = parts.reduce((product, part) => product * part.length, 1);
  checkCount(names.size + count, position);
  let products: readonly string[] = [""];
  for (const part of parts) {
    products = products.flatMap((prefix) => part.map((text) => prefix + text));
  }
  for (const name of products) {
    names.add(name);
  }
}

/** A name cut before its last digits. */
interface NumberedName {
  readonly prefix: string;
  /** Empty when the name does not end in a digit. */
  readonly digits: string;
}

/**
 * Writes names as one hostlist expression: sorted, each once, with ranges over the digits at their end and the zero
 * padding kept. Only brackets at the end of a name are written: Slurm 22.05 refuses text after a bracket.
 * The same set of names always gives the same text.
 */
export function compressHostlist(names: Iterable<string>): string {
  const numbered = [...new Set(names)].map(splitName).sort(compareNames);
  const groups: { prefix: string; ranges: string[] }[] = [];
  for (const run of collectRuns(numbered)) {
    const text = run.first === run.last ? run.first : `${run.first}-${run.last}`;
    const group = groups.at(-1);
    if (group?.prefix === run.prefix && group.ranges[0] !== "" && text !== "") {
      group.ranges.push(text);
    } else {
      groups.push({ prefix: run.prefix, ranges: [text] });
    }
  }
  return groups.map(({ prefix, ranges }) => prefix + writeRanges(ranges)).join(",");
}

function splitName(name: string): NumberedName {
  const digits = /\d{1,15}$/.exec(name)?.[0] ?? "";
  return { prefix: name.slice(0, name.length - digits.length), digits };
}

function compareNames(a: NumberedName, b: NumberedName): number {
  if (a.prefix !== b.prefix) {
    return a.prefix < b.prefix ? -1 : 1;
  }
  return Number(a.digits) - Number(b.digits) || a.digits.length - b.digits.length;
}

interface Run {
  readonly prefix: string;
  readonly first: string;
  last: string;
}

/** Joins neighbours exactly when expanding the range would write the same digits again. */
function collectRuns(names: readonly NumberedName[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { prefix, digits } of names) {
    const run = runs.at(-1);
    if (run?.prefix === prefix && digits !== "" && digits === successor(run)) {
      run.last = digits;
    } else {
      runs.push({ prefix, first: digits, last: digits });
    }
  }
  return runs;
}

function successor(run: Run): string {
  return run.first === "" ? "" : String(Number(run.last) + 1).padStart(run.first.length, "0");
}

function writeRanges(ranges: readonly string[]): string {
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined && !only.includes("-")
    ? only
    : `[${ranges.join(",")}]`;
}
