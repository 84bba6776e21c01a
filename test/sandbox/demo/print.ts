import { styleText } from "node:util";
import { groupBy } from "../../../nodectl/domain/group-by.ts";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import type { CallEntry } from "../api/call-log.ts";
import { PHASES, type PhaseEvent } from "./timeline.ts";

export interface Terminal {
  readonly stream: NodeJS.WriteStream;
}

const PHASE_WIDTH = Math.max(...PHASES.map(({ name }) => name.length));

/** Prints a line; colours only where a terminal reads it. */
export function printLine({ stream }: Terminal, text: string): void {
  stream.write(`${text}\n`);
}

export function printHeading({ stream }: Terminal, text: string): void {
  stream.write(`\n${stream.isTTY ? styleText("bold", text) : text}\n`);
}

/** One line for the nodes that reached the same phase in the same look. */
export function printEvents(
  terminal: Terminal,
  events: readonly PhaseEvent[],
  submittedMs: number,
): void {
  const groups = groupBy(
    events,
    ({ phase, timeMs }) =>
      `${PHASES.findIndex((p) => p.name === phase)} ${Math.round((timeMs - submittedMs) / 200)}`,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const phase = first.phase.padEnd(PHASE_WIDTH);
    const word = terminal.stream.isTTY ? styleText("cyan", phase) : phase;
    const names = compressHostlist(group.map(({ nodeName }) => nodeName));
    printLine(
      terminal,
      `${seconds(first.timeMs - submittedMs)}  ${word}  ${names}  ${first.meaning}`,
    );
  }
}

/** How long the nodes took for each phase, from the end of the one before. */
export function printSummary(
  terminal: Terminal,
  events: readonly PhaseEvent[],
  submittedMs: number,
): void {
  const byNode = groupBy(events, ({ nodeName }) => nodeName);
  printLine(terminal, `${"phase".padEnd(PHASE_WIDTH)}    first     last   step (slowest node)`);
  PHASES.forEach((phase, index) => {
    const times = events.filter((event) => event.phase === phase.name).map(({ timeMs }) => timeMs);
    if (times.length === 0) return;
    const steps = [...byNode.values()].map((ofNode) => stepOf(ofNode, index, submittedMs));
    const columns = [
      Math.min(...times) - submittedMs,
      Math.max(...times) - submittedMs,
      Math.max(...steps),
    ];
    printLine(terminal, `${phase.name.padEnd(PHASE_WIDTH)} ${columns.map(seconds).join(" ")}`);
  });
}

function stepOf(events: readonly PhaseEvent[], index: number, submittedMs: number): number {
  const timeOf = (position: number): number | undefined =>
    events.find(({ phase }) => phase === PHASES[position]?.name)?.timeMs;
  const end = timeOf(index);
  return end === undefined ? 0 : end - (timeOf(index - 1) ?? submittedMs);
}

export function printCalls(terminal: Terminal, calls: readonly CallEntry[]): void {
  const byOperation = groupBy(calls, ({ operation }) => operation);
  for (const [operation, ofOperation] of [...byOperation].sort(([a], [b]) => a.localeCompare(b))) {
    const refused = ofOperation.filter(({ status }) => status === null || status >= 400).length;
    const note = refused === 0 ? "" : `  (${refused} refused)`;
    printLine(terminal, `${String(ofOperation.length).padStart(5)}  ${operation}${note}`);
  }
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1).padStart(6)} s`;
}
