import type { Curve } from "../result.ts";

const PANEL = { width: 720, height: 300, left: 56, right: 120, top: 40, bottom: 44 };
const PLOT_WIDTH = PANEL.width - PANEL.left - PANEL.right;
const PLOT_HEIGHT = PANEL.height - PANEL.top - PANEL.bottom;
/** More points than pixels tell nothing. */
const POINTS_MAX = 400;
const LABEL_DISTANCE_MIN = 16;
const STEPS_MAX = 6;

/** Its own background, so that it can be read wherever it is shown; dark where the reader's system is dark. */
const STYLE = `
  .back { fill: #ffffff } text { font: 13px sans-serif; fill: #24292f } .title { font-weight: bold }
  .grid { stroke: #d0d7de } .curve { fill: none; stroke-width: 2 }
  .ours { stroke: #0969da } .rival { stroke: #bc4c00 } .floor { stroke: #6e7781; stroke-dasharray: 5 4 }
  text.ours { fill: #0969da; stroke: none } text.rival { fill: #bc4c00; stroke: none } text.floor { fill: #57606a; stroke: none }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d }
    .ours { stroke: #58a6ff } .rival { stroke: #f0883e } .floor { stroke: #8b949e }
    text.ours { fill: #58a6ff } text.rival { fill: #f0883e } text.floor { fill: #a5adb6 }
  }`;

/** Plots how many nodes were launched after how many seconds; one panel below the other. */
export function plotCurves(curves: readonly Curve[]): string {
  const panels = [...new Set(curves.map(({ panel }) => panel))];
  const height = PANEL.height * panels.length;
  const bodies = panels.map((panel, index) =>
    plotPanel(
      panel,
      curves.filter((curve) => curve.panel === panel && curve.times.length > 0),
      index * PANEL.height,
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PANEL.width} ${height}" width="${PANEL.width}" height="${height}" role="img">`,
    `<title>Nodes launched over time</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="back" width="100%" height="100%"/>`,
    ...bodies,
    "</svg>\n",
  ].join("\n");
}

function plotPanel(title: string, curves: readonly Curve[], top: number): string {
  const seconds = axis(Math.max(0, ...curves.map(({ times }) => times.at(-1) ?? 0)));
  const nodes = axis(Math.max(0, ...curves.map(({ times }) => times.length)));
  const x = (time: number): number => PANEL.left + (time / seconds.end) * PLOT_WIDTH;
  const y = (count: number): number => PANEL.top + PLOT_HEIGHT * (1 - count / nodes.end);
  return [
    `<g transform="translate(0 ${top})">`,
    text(PANEL.left, 22, title, 'class="title"'),
    ...nodes.ticks.map((count) => gridLine(y(count), count)),
    ...seconds.ticks.map((time) =>
      text(x(time), PANEL.height - 24, String(time), 'text-anchor="middle"'),
    ),
    text(PANEL.left + PLOT_WIDTH / 2, PANEL.height - 6, "seconds", 'text-anchor="middle"'),
    text(6, PANEL.top - 6, "nodes"),
    ...curves.map((curve) => pathOf(curve, x, y)),
    ...labels(curves, y),
    "</g>",
  ].join("\n");
}

function gridLine(y: number, count: number): string {
  const right = PANEL.left + PLOT_WIDTH;
  return (
    `<line class="grid" x1="${PANEL.left}" x2="${right}" y1="${fixed(y)}" y2="${fixed(y)}"/>` +
    text(PANEL.left - 6, y + 4, String(count), 'text-anchor="end"')
  );
}

type Scale = (value: number) => number;

function pathOf({ kind, times }: Curve, x: Scale, y: Scale): string {
  const step = Math.max(1, Math.ceil(times.length / POINTS_MAX));
  const points = times
    .map((time, index) => ({ time, index }))
    .filter(({ index }) => index % step === 0 || index === times.length - 1)
    .map(({ time, index }) => `${fixed(x(time))},${fixed(y(index + 1))}`);
  // Along the axis until the first: nothing rises before.
  const start = [0, times[0] ?? 0].map((time) => `${fixed(x(time))},${fixed(y(0))}`);
  return `<polyline class="curve ${kind}" points="${[...start, ...points].join(" ")}"/>`;
}

/** Beside the plot, at the height of the curve's end, and never one on top of the other. */
function labels(curves: readonly Curve[], y: Scale): string[] {
  let lowest = Number.NEGATIVE_INFINITY;
  return [...curves]
    .sort(
      (a, b) => b.times.length - a.times.length || (a.times.at(-1) ?? 0) - (b.times.at(-1) ?? 0),
    )
    .map((curve) => {
      lowest = Math.max(y(curve.times.length) + 4, lowest + LABEL_DISTANCE_MIN);
      const name = `${curve.name}, ${(curve.times.at(-1) ?? 0).toFixed(1)} s`;
      return text(PANEL.left + PLOT_WIDTH + 8, lowest, name, `class="${curve.kind}"`);
    });
}

/** An axis that begins at 0, has at most six steps of 1, 2 or 5 times a power of ten, and ends beyond the value. */
export function axis(value: number): { readonly end: number; readonly ticks: readonly number[] } {
  const least = Math.max(value, 1) / STEPS_MAX;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
  const count = Math.ceil(Math.max(value, 1) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
  return { end: count * step, ticks };
}

function text(x: number, y: number, content: string, attributes = ""): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${safe}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
