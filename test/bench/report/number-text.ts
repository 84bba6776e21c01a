import type { Row, Unit } from "../result.ts";

const DIGITS: Readonly<Record<Unit, number>> = {
  ms: 0,
  s: 2,
  "requests/node": 2,
  MB: 0,
  "CPU s": 1,
  calls: 0,
  lines: 0,
  nodes: 0,
};

/** e.g. `50.12 s`. */
export function quantity(value: number, unit: Unit): string {
  const digits = unit === "s" && value >= 20 ? 1 : DIGITS[unit];
  // The row says what is counted.
  const suffix = unit === "requests/node" ? "" : ` ${unit === "CPU s" ? "s" : unit}`;
  return `${value.toFixed(digits)}${suffix}`;
}

/** e.g. `<= 1.05x floor`. */
export function targetText({ target, unit }: Row): string {
  if (target === undefined) return "";
  const bound = target.bound === "at-most" ? "≤" : "≥";
  switch (target.of) {
    case "value":
      return `${bound} ${unit === "requests/node" ? String(target.limit) : `${target.limit} ${unit}`}`;
    case "ratio":
      return `${bound} ${target.limit}x floor`;
    case "advantage":
      return `${bound} ${target.limit}x better`;
  }
}
