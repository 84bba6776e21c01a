import type { Problem } from "../../nodectl/domain/problem.ts";

/** Where a value stands, for messages: a line of cluster.yaml, or an environment variable. */
export type Place = Omit<Problem, "message" | "fix">;

/** A value that was read, or the default of its setting. */
export interface Found<Value> {
  readonly value: Value;
  /** False for a default. */
  readonly isWritten: boolean;
  readonly place: Place;
}

/** What is wrong, and what is only doubtful. Both name the place, and what to write there. */
export class Findings {
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];

  /** Returns null, which says "wrong, and reported", as ProblemCollector's report does. */
  refuse(place: Place, message: string, fix: string): null {
    this.#problems.push({ ...place, message, fix });
    return null;
  }

  warn(place: Place, message: string, fix: string): void {
    this.#warnings.push({ ...place, message, fix });
  }

  add(problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  /** In the order of the file; what has no line comes first. */
  get problems(): readonly Problem[] {
    return byLine(this.#problems);
  }

  get warnings(): readonly Problem[] {
    return byLine(this.#warnings);
  }
}

function byLine(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
