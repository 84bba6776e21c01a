import { nearestNames } from "./edit-distance.ts";
import { describePositioned } from "./positioned.ts";
import type { Positioned, PositionedEntry } from "./positioned.ts";
import { joinKeys, shortened } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { Checked } from "./result.ts";

/** A value and how a person finds it. */
export interface Located<Value extends Positioned = Positioned> {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  /** The line of its key: a map in a block begins a line below, where nobody looks for it. */
  readonly line: number;
  readonly at: Value;
}

const PROBLEMS_MAX = 50;

/** Gathers everything that is wrong with one file, so that a person mends it in one go. */
export class ProblemCollector {
  readonly #problems: Problem[] = [];
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Returns null, which says "wrong, and reported": a reader of a field can `return problems.report(…)`. */
  report(located: Located, message: string, fix: string): null {
    const value = shortened(describePositioned(located.at));
    return this.add({
      line: located.at.line,
      key: joinKeys(located.path),
      value,
      message,
      fix,
    });
  }

  add(problem: Omit<Problem, "file">): null {
    this.#problems.push({ file: this.file, ...problem });
    return null;
  }

  /** Says that a key means nothing here, and which one may have been meant. */
  reportUnknownKey(
    path: readonly string[],
    entry: PositionedEntry,
    known: readonly string[],
  ): void {
    const nearest = nearestNames(entry.key, known);
    const fix =
      nearest.length > 0
        ? `did you mean ${nearest.join(" or ")}?`
        : `write one of: ${known.join(", ")}`;
    const key = joinKeys([...path, entry.key]);
    this.add({ line: entry.line, key, message: "this key is not known", fix });
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  /** The problems in the order of the file, at most 50 of them: nobody mends more in one go. */
  get problems(): readonly Problem[] {
    const sorted = this.#problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    if (sorted.length <= PROBLEMS_MAX) return sorted;
    const left = sorted.length - PROBLEMS_MAX;
    const rest = {
      file: this.file,
      message: `${left} more problems`,
      fix: "mend those above first",
    };
    return [...sorted.slice(0, PROBLEMS_MAX), rest];
  }

  /** The value when nothing was reported. Throws when there is neither a value nor a problem: a defect here. */
  result<Value>(value: Value | null): Checked<Value> {
    if (this.hasProblems) return { kind: "invalid", problems: this.problems };
    if (value === null) throw new Error(`no value of ${this.file}, and no problem with it`);
    return { kind: "valid", value };
  }
}
