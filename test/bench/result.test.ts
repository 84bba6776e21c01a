import { expect, it } from "vitest";
import { verdictOf, type Row, type Target } from "./result.ts";

function row(changes: Partial<Row>): Row {
  return { what: "x", unit: "s", ours: 11, ...changes };
}

const atMost = (of: Target["of"], limit: number): Target => ({ of, bound: "at-most", limit });

it.each<[string, Partial<Row>, string]>([
  ["no target", {}, "no target"],
  ["a value at the limit", { target: atMost("value", 11) }, "met"],
  ["a value above", { target: atMost("value", 10.9) }, "missed"],
  ["a ratio below", { floor: 10, target: atMost("ratio", 1.2) }, "met"],
  ["a ratio above", { floor: 10, target: atMost("ratio", 1.05) }, "missed"],
  ["a ratio to no floor", { target: atMost("ratio", 2) }, "missed"],
  ["nothing of ours", { ours: undefined, floor: 10, target: atMost("ratio", 2) }, "missed"],
  [
    "a rival eight times as slow",
    {
      rivals: [{ name: "r", value: 88, isAtLeast: true }],
      target: { of: "advantage", bound: "at-least", limit: 8 },
    },
    "met",
  ],
])("judges %s", (_what, changes, verdict) => {
  expect(verdictOf(row(changes))).toBe(verdict);
});
