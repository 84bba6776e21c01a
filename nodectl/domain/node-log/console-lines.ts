import { printable, type LogLine, type LogSource } from "./log-line.ts";

export interface ConsoleText {
  readonly source: LogSource;
  readonly text: string;
  /** When the machine was launched, milliseconds since the epoch; undefined: not known. */
  readonly startMs: number | undefined;
  /** When the console was taken down. */
  readonly endMs: number;
}

/** `[   12.345678]`: the kernel's seconds since it booted. */
const KERNEL = /^\[\s*(\d+\.\d+)\]/;
/** As systemd, rsyslog, ansible-pull and our scripts write it. */
const ISO = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d+)?)\s?(Z|[+-]\d\d:?\d\d)/;
/** cloud-init: `running 'init' at Wed, 25 Nov 2026 10:00:00 +0000. Up 12.3 seconds.` */
const RFC_2822 = /\b\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}\b/;

/**
 * A console's lines with times: their own, or the kernel's seconds since boot, or that of the line before. In the order of the
 * console, so that times never run backwards.
 */
export function consoleLines(console: ConsoleText): readonly LogLine[] {
  const { source, text, endMs } = console;
  const lines = text
    .split(/\r?\n|\r/)
    .map(printable)
    .filter((line) => line !== "");
  const bootMs = console.startMs ?? endMs - lastKernelMs(lines);
  let lastMs = console.startMs ?? firstTimeMs(lines, bootMs) ?? endMs;
  return lines.map((line): LogLine => {
    const written = writtenMs(line);
    const timeMs = Math.max(lastMs, Math.min(written ?? kernelMs(line, bootMs) ?? lastMs, endMs));
    lastMs = timeMs;
    const isEstimate = written === undefined || written !== timeMs;
    return { timeMs, isEstimate, source, level: "info", text: line };
  });
}

function firstTimeMs(lines: readonly string[], bootMs: number): number | undefined {
  for (const line of lines) {
    const timeMs = writtenMs(line) ?? kernelMs(line, bootMs);
    if (timeMs !== undefined) return timeMs;
  }
  return undefined;
}

function writtenMs(line: string): number | undefined {
  const [, date, time, zone] = ISO.exec(line) ?? [];
  const text =
    date === undefined || time === undefined
      ? RFC_2822.exec(line)?.[0]
      : `${date}T${time.replace(",", ".")}${zone ?? ""}`;
  const timeMs = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function kernelMs(line: string, bootMs: number): number | undefined {
  const seconds = KERNEL.exec(line)?.[1];
  return seconds === undefined ? undefined : bootMs + Number(seconds) * 1000;
}

/** 0 when the kernel says nothing: then the machine is taken to have booted when its console was taken down. */
function lastKernelMs(lines: readonly string[]): number {
  return lines.reduce((last, line) => Math.max(last, kernelMs(line, 0) ?? 0), 0);
}
