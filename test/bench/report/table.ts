import { judgedValue, verdictOf, type RivalValue, type Row } from "../result.ts";
import { quantity, targetText } from "./number-text.ts";

const HEADINGS = ["what", "ours", "rival", "floor", "ratio", "target", "met?"] as const;
const NOTHING = "–";

/** The rows as a table in Markdown, one line a row. The ratio is ours over the floor, or the rival over ours. */
export function markdownTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |\n`).join("");
}

function cellsOf(row: Row): readonly string[] {
  const { what, unit, ours, remark, floor, rivals = [] } = row;
  const value = ours === undefined ? "n/a" : quantity(ours, unit);
  return [
    what,
    remark === undefined ? value : `${value} (${remark})`,
    rivals.map((rival) => rivalText(rival, row)).join("; ") || NOTHING,
    floor === undefined ? NOTHING : quantity(floor, unit),
    ratioText(row),
    targetText(row) || NOTHING,
    { met: "yes", missed: "**no**", "no target": NOTHING }[verdictOf(row)],
  ];
}

function rivalText({ name, value, isAtLeast, remark }: RivalValue, { unit }: Row): string {
  const bound = isAtLeast ? "≥ " : "";
  return `${name} ${bound}${quantity(value, unit)}${remark === undefined ? "" : ` (${remark})`}`;
}

function ratioText(row: Row): string {
  const { ours, floor, target, rivals } = row;
  if (target?.of === "advantage") {
    const advantage = judgedValue(row);
    const bound = rivals?.[0]?.isAtLeast === true ? "≥ " : "";
    return advantage === undefined ? NOTHING : `${bound}${advantage.toFixed(1)}x better`;
  }
  if (ours === undefined || floor === undefined || floor === 0) return NOTHING;
  return `${(ours / floor).toFixed(2)}x`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", String.raw`\|`).replaceAll("\n", " ");
}

export interface Tally {
  readonly met: number;
  readonly missed: number;
}

export function tally(rows: readonly Row[]): Tally {
  const verdicts = rows.map(verdictOf);
  const count = (wanted: string): number => verdicts.filter((one) => one === wanted).length;
  return { met: count("met"), missed: count("missed") };
}
