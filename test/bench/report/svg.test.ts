import { expect, it } from "vitest";
import type { Curve } from "../result.ts";
import { axis, plotCurves } from "./svg.ts";

const times = (count: number, step: number): number[] =>
  Array.from({ length: count }, (_, index) => index * step);

const CURVES: readonly Curve[] = [
  { panel: "20/s & burst <40>", name: "floor", kind: "floor", times: times(1000, 0.05) },
  { panel: "20/s & burst <40>", name: "ours", kind: "ours", times: times(1000, 0.051) },
  { panel: "slow", name: "rival", kind: "rival", times: [1, 2, 40] },
];

/** All numbers of an attribute, in the order of the text. */
function numbers(svg: string, attribute: string): number[] {
  const pattern = new RegExp(` ${attribute}="(-?[\\d.]+)"`, "g");
  return [...svg.matchAll(pattern)].map((match) => Number(match[1]));
}

it("draws a panel for each group of curves and a line for each curve", () => {
  const svg = plotCurves(CURVES);
  expect(svg.match(/<g /g)).toHaveLength(2);
  expect(svg.match(/<polyline/g)).toHaveLength(3);
  expect(svg).toContain("20/s &amp; burst &lt;40>");
  expect(svg).toContain('height="600"');
});

it("stays within its frame and within some hundreds of points", () => {
  const svg = plotCurves(CURVES);
  const points = [...svg.matchAll(/points="([^"]+)"/g)].map((match) => match[1] ?? "");
  for (const line of points) {
    const pairs = line.split(" ").map((pair) => pair.split(",").map(Number));
    expect(pairs.length).toBeLessThan(510);
    for (const [x = Number.NaN, y = Number.NaN] of pairs) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(720);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(300);
    }
  }
});

it("never writes one label over the other", () => {
  const svg = plotCurves(CURVES.slice(0, 2));
  const labels = svg.split("\n").filter((line) => /class="(ours|floor)">/.test(line));
  const [first = 0, second = 0] = labels.flatMap((line) => numbers(line, "y"));
  expect(second - first).toBeGreaterThanOrEqual(16);
});

it("brings the colours of a dark page along, background included", () => {
  expect(plotCurves([])).toMatch(/prefers-color-scheme: dark\) \{\s+\.back/);
});

it.each([
  [48.3, 50, 6],
  [1000, 1000, 6],
  [290, 300, 7],
  [7, 8, 5],
  [0, 1, 6],
])("has an axis for %d that ends at %d, with %d numbers", (value, end, count) => {
  expect(axis(value).end).toBe(end);
  expect(axis(value).ticks).toHaveLength(count);
  expect(axis(value).ticks.at(-1)).toBe(end);
});
