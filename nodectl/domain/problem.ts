/** One thing that is wrong with an input file, said so that a person can mend it. */
export interface Problem {
  /** The file as the user named it. */
  readonly file: string;
  /** Counted from 1; absent when the problem is the file as a whole. */
  readonly line?: number;
  /** The keys that lead to the value, e.g. `VM.Standard2.1: count`; absent when the file does not parse. */
  readonly key?: string;
  /** What was found, shortened to what fits a line. */
  readonly value?: string;
  /** What is wrong with it. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}

const VALUE_LENGTH_MAX = 60;

/** Prints a value on one line, cut so that a huge one cannot flood a terminal. */
export function printableValue(value: unknown): string {
  return shortened(value === undefined ? "nothing" : JSON.stringify(value));
}

/** Cuts what is too long for a message and escapes what would break its line or play with a terminal. */
export function shortened(text: string): string {
  const cut = text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX - 1)}…`;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (unprintable) => {
    return `\\u{${(unprintable.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The keys that lead to a value, as one text. A dot between them would be lost among the dots of shapes. */
export function joinKeys(keys: readonly string[]): string {
  return keys.map(shortened).join(": ");
}

/** One line for a person: `limits.yaml:3: VM.Foo: 2: no such shape; write …`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const subject = [problem.key, problem.value].filter((part) => part !== undefined).join(": ");
  return [place, subject, `${problem.message}; ${problem.fix}`]
    .filter((part) => part !== "")
    .join(": ");
}
