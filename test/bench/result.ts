/** What a number is counted in; the table prints it accordingly. */
export type Unit = "ms" | "s" | "requests/node" | "MB" | "CPU s" | "calls" | "lines" | "nodes";

export interface RivalValue {
  readonly name: string;
  readonly value: number;
  /** The rival was cut: it would have taken longer, or done more. */
  readonly isAtLeast: boolean;
  /** e.g. "12 nodes lost". */
  readonly remark?: string;
}

export interface Target {
  /** Of our value itself, of our value over the floor, or of the first rival's value over ours. */
  readonly of: "value" | "ratio" | "advantage";
  readonly bound: "at-most" | "at-least";
  readonly limit: number;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** undefined: the engine did not do it; the remark says what it did. */
  readonly ours: number | undefined;
  readonly remark?: string;
  readonly rivals?: readonly RivalValue[];
  readonly floor?: number;
  readonly target?: Target;
}

/** Something over time, for the plot. */
export interface Curve {
  /** Curves of one panel are drawn together. */
  readonly panel: string;
  readonly name: string;
  readonly kind: "ours" | "rival" | "floor";
  /** Seconds since the start, earliest first; the nth is when n nodes had it. */
  readonly times: readonly number[];
}

export interface ScenarioResult {
  readonly rows: readonly Row[];
  readonly curves?: readonly Curve[];
  /** Nodes of ours with neither an address nor a word to Slurm, or with a second instance. Must be empty. */
  readonly lost: readonly string[];
  /** All that was measured, for the JSON. */
  readonly data: unknown;
}

export type Verdict = "met" | "missed" | "no target";

/** What the target is about; undefined when there is nothing to compare. */
export function judgedValue({ ours, floor, rivals, target }: Row): number | undefined {
  if (ours === undefined || target === undefined) return undefined;
  switch (target.of) {
    case "value":
      return ours;
    case "ratio":
      return floor === undefined ? undefined : ours / floor;
    case "advantage":
      return rivals?.[0] === undefined ? undefined : rivals[0].value / ours;
  }
}

/** A target that cannot be judged, because the engine did not do it, is missed. */
export function verdictOf(row: Row): Verdict {
  if (row.target === undefined) return "no target";
  const value = judgedValue(row);
  if (value === undefined) return "missed";
  const { bound, limit } = row.target;
  return (bound === "at-most" ? value <= limit : value >= limit) ? "met" : "missed";
}
