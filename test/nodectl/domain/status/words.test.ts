import { expect, test } from "vitest";
import { countText, durationText, usdText } from "../../../../nodectl/domain/status/words.ts";

test.each([
  [-1, "0 s"],
  [24_000, "24 s"],
  [119_999, "119 s"],
  [120_000, "2 min"],
  [7_199_999, "119 min"],
  [7_200_000, "2 h"],
  [5 * 86_400_000, "5 d"],
])("%d ms is %s", (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test.each([
  [0, "0.00"],
  [0.037, "0.037"],
  [3.4099, "3.41"],
  [1204.5, "1,204.50"],
])("%d dollars are %s", (usd, text) => {
  expect(usdText(usd)).toBe(text);
});

test("a count agrees with its noun", () => {
  expect([0, 1, 1987].map((count) => countText(count, "node"))).toEqual([
    "0 nodes",
    "1 node",
    "1,987 nodes",
  ]);
});
