import { groupBy } from "../../../nodectl/domain/group-by.ts";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import type { CallEntry } from "../api/call-log.ts";
import type { Terminal } from "../terminal.ts";
import { BOOTING_PHASES, type Phase } from "./phases.ts";
import type { PhaseEvent, Timeline } from "./timeline.ts";

/** Wide enough for the roles of the playbooks, too. */
const PHASE_WIDTH = Math.max(
  "shared_filesystem".length,
  ...BOOTING_PHASES.map(({ name }) => name.length),
);
/** Of a time and the space after it. */
const TIME_WIDTH = 10;

/** What the lines of one job have in common. */
export interface JobOnPaper {
  readonly submittedMs: number;
  /** All nodes that the job was promised. */
  readonly nodeNames: readonly string[];
  readonly phases: readonly Phase[];
}

/** One line for the nodes that reached the same phase in the same look; 80 columns, as long as few nodes are named. */
export function printEvents(
  terminal: Terminal,
  events: readonly PhaseEvent[],
  { submittedMs, nodeNames, phases }: JobOnPaper,
): void {
  const groups = groupBy(
    events,
    ({ phase, timeMs }) =>
      `${phases.findIndex((p) => p.name === phase)} ${Math.round((timeMs - submittedMs) / 200)}`,
  );
  const all = allOf(nodeNames);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const time = seconds(first.timeMs - submittedMs);
    const phase = terminal.style("cyan", first.phase.padEnd(PHASE_WIDTH));
    const names = group.map(({ nodeName }) => nodeName);
    const who = shortHostlist(names, nodeNames).padEnd(all.length);
    terminal.line(`${time}  ${phase}  ${who}  ${first.meaning}`);
  }
}

/** One line of what a machine does, in the columns of the nodes' lines. */
export function printStep(
  terminal: Terminal,
  elapsedMs: number,
  step: string,
  meaning: string,
): void {
  const name = terminal.style("cyan", step.padEnd(PHASE_WIDTH));
  terminal.line(`${seconds(elapsedMs)}  ${name}  ${meaning}`.trimEnd());
}

/** What the job's nodes are called at the top of its lines, once. */
export function printNodes(terminal: Terminal, nodeNames: readonly string[]): void {
  terminal.line(`${allOf(nodeNames)}: ${compressHostlist(nodeNames)}`);
}

/** What nothing has come after for a while. */
export function printWait(terminal: Terminal, wait: string): void {
  terminal.line(`${" ".repeat(TIME_WIDTH)}${terminal.style("dim", `... ${wait}`)}`);
}

function allOf(nodeNames: readonly string[]): string {
  return nodeNames.length === 1 ? "the node" : `all ${nodeNames.length} nodes`;
}

/** Of names that begin alike only the end: `[0001-0002]`; `all 3 nodes` when none is missing. */
export function shortHostlist(names: readonly string[], all: readonly string[]): string {
  if (names.length === all.length) return allOf(all);
  const [stem = ""] = compressHostlist(all).split("[");
  const hostlist = compressHostlist(names);
  return hostlist.startsWith(stem) ? hostlist.slice(stem.length) : hostlist;
}

/** How long the nodes took for each phase, from the end of the one before. */
export function printSummary(
  terminal: Terminal,
  { events, phases }: Timeline,
  submittedMs: number,
): void {
  const byNode = groupBy(events, ({ nodeName }) => nodeName);
  terminal.line(`${"phase".padEnd(PHASE_WIDTH)}    first     last   step (slowest node)`);
  phases.forEach((phase, index) => {
    const times = events.filter((event) => event.phase === phase.name).map(({ timeMs }) => timeMs);
    if (times.length === 0) return;
    const steps = [...byNode.values()].map((ofNode) =>
      stepOf(ofNode, [phases[index - 1]?.name, phase.name], submittedMs),
    );
    const columns = [
      Math.min(...times) - submittedMs,
      Math.max(...times) - submittedMs,
      Math.max(...steps),
    ];
    terminal.line(`${phase.name.padEnd(PHASE_WIDTH)} ${columns.map(seconds).join(" ")}`);
  });
}

function stepOf(
  events: readonly PhaseEvent[],
  [before, name]: readonly [string | undefined, string],
  submittedMs: number,
): number {
  const timeOf = (wanted: string | undefined): number | undefined =>
    events.find(({ phase }) => phase === wanted)?.timeMs;
  const end = timeOf(name);
  return end === undefined ? 0 : end - (timeOf(before) ?? submittedMs);
}

export function printCalls(terminal: Terminal, calls: readonly CallEntry[]): void {
  const byOperation = groupBy(calls, ({ operation }) => operation);
  for (const [operation, ofOperation] of [...byOperation].sort(([a], [b]) => a.localeCompare(b))) {
    const refused = ofOperation.filter(({ status }) => status === null || status >= 400).length;
    const note = refused === 0 ? "" : `  (${refused} refused)`;
    terminal.line(`${String(ofOperation.length).padStart(5)}  ${operation}${note}`);
  }
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1).padStart(6)} s`;
}
