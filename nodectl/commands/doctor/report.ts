import { styleText } from "node:util";
import type { Finding } from "../../domain/doctor/finding.ts";
import { wrapWords } from "../wrap-words.ts";
import type { CheckResult } from "./check.ts";

export interface ReportStyle {
  readonly columns: number;
  readonly hasColours: boolean;
}

const KIND_WIDTH = 9;
const TITLE_WIDTH = 16;
const INDENT = KIND_WIDTH + TITLE_WIDTH;
/** A narrower terminal breaks the lines itself. */
const TEXT_WIDTH_MIN = 30;
/** Longer lines are hard to read. */
const COLUMNS_MAX = 120;

const WORDS = { ok: "ok", warning: "warning", wrong: "WRONG", skipped: "skipped" } as const;
const COLOURS = { ok: "green", warning: "yellow", wrong: "red", skipped: "gray" } as const;

/** A check's lines: what was seen, and below it what to do. */
export function formatResult({ check, findings }: CheckResult, style: ReportStyle): string {
  return findings.map((finding) => formatFinding(check.title, finding, style)).join("");
}

function formatFinding(title: string, finding: Finding, style: ReportStyle): string {
  const seen = wrapped(finding.kind === "skipped" ? finding.reason : finding.seen, style);
  const [first = "", ...rest] = seen;
  const word = WORDS[finding.kind].padEnd(KIND_WIDTH);
  const mark = style.hasColours
    ? styleText(COLOURS[finding.kind], word, { validateStream: false })
    : word;
  const fix = "fix" in finding ? wrapped(`do: ${finding.fix}`, style) : [];
  const below = [...rest, ...fix].map((line) => `${" ".repeat(INDENT)}${line}`);
  return [`${mark}${title.padEnd(TITLE_WIDTH)}${first}`, ...below]
    .map((line) => `${line}\n`)
    .join("");
}

function wrapped(text: string, { columns }: ReportStyle): readonly string[] {
  const width = Math.max(TEXT_WIDTH_MIN, Math.min(columns, COLUMNS_MAX) - 1 - INDENT);
  return wrapWords(text.replaceAll(/[\p{Cc}\s]+/gu, " "), { columns: width });
}

export type Counts = Readonly<Record<Finding["kind"], number>>;

export function countFindings(results: readonly CheckResult[]): Counts {
  const counts = { ok: 0, warning: 0, wrong: 0, skipped: 0 };
  for (const { kind } of results.flatMap(({ findings }) => findings)) counts[kind] += 1;
  return counts;
}

/** One line below the others. */
export function formatSummary(counts: Counts, durationMs: number): string {
  const { ok, warning, wrong, skipped } = counts;
  const warnings = `${warning} warning${warning === 1 ? "" : "s"}`;
  const seconds = (durationMs / 1000).toFixed(1);
  return `\n${wrong} wrong, ${warnings}, ${ok} ok, ${skipped} not checked, in ${seconds} s\n`;
}

export function formatJson(results: readonly CheckResult[]): string {
  const checks = results.map(({ check, findings, durationMs }) => ({
    ...check,
    findings,
    durationMs,
  }));
  return `${JSON.stringify({ counts: countFindings(results), checks }, null, 2)}\n`;
}
