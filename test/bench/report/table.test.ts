import { expect, it } from "vitest";
import type { Row } from "../result.ts";
import { markdownTable, tally } from "./table.ts";

const ROWS: readonly Row[] = [
  {
    what: "launched",
    unit: "s",
    ours: 50.123,
    floor: 48.3,
    rivals: [{ name: "p-retry", value: 96.6, isAtLeast: true, remark: "3 lost" }],
    target: { of: "ratio", bound: "at-most", limit: 1.05 },
  },
  {
    what: "requests | all",
    unit: "requests/node",
    ours: 1.5,
    remark: "1.00 accepted + 0.50 refused",
    rivals: [{ name: "CitC", value: 16.6, isAtLeast: true }],
    target: { of: "advantage", bound: "at-least", limit: 12 },
  },
  { what: "fallback", unit: "s", ours: undefined, remark: "not tried" },
];

it("writes a row a line, and whether its target was met", () => {
  expect(markdownTable(ROWS)).toBe(
    [
      "| what | ours | rival | floor | ratio | target | met? |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      "| launched | 50.1 s | p-retry ≥ 96.6 s (3 lost) | 48.3 s | 1.04x | ≤ 1.05x floor | yes |",
      String.raw`| requests \| all | 1.50 (1.00 accepted + 0.50 refused) | CitC ≥ 16.60 | – | ≥ 11.1x better | ≥ 12x better | **no** |`,
      "| fallback | n/a (not tried) | – | – | – | – | – |",
      "",
    ].join("\n"),
  );
});

it("counts the targets that were met and missed", () => {
  expect(tally(ROWS)).toEqual({ met: 1, missed: 1 });
});
