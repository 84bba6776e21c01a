import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "../../../nodectl/cli/run.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Terminal } from "../terminal.ts";
import { observe } from "./observe.ts";
import type { Phase, PhaseName } from "./phases.ts";
import { printEvents, printNodes, printWait } from "./print.ts";
import { Timeline } from "./timeline.ts";

const MANAGEMENT = "mgmt";
const LOOK_INTERVAL_MS = 200;
/** After so long without news it is said what is waited for. */
const SILENCE_MS_MAX = 1_500;

export interface WatchedJob {
  readonly jobId: string;
  readonly submittedMs: number;
  readonly phases: readonly Phase[];
  /** Why a phase is not there at once. */
  readonly waits: Readonly<Record<PhaseName, string>>;
  readonly timeoutMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Prints each node's way until all nodes of the job are gone again. @throws CommandError when they do not come to that in time */
export async function watchNodes(
  sandbox: Sandbox,
  terminal: Terminal,
  { jobId, submittedMs, phases, waits, timeoutMs, signal }: WatchedJob,
): Promise<Timeline> {
  const version = await sandbox.exec(MANAGEMENT, ["scontrol", "--version"]);
  const isNodeListOfSinfo = version.stdout.includes(" 22.05");
  const readsConsoles = phases.some(({ ofBooting = false }) => ofBooting);
  const observer = { sandbox, jobId, isNodeListOfSinfo, readsConsoles };
  const timeline = new Timeline(phases);
  let quietSinceMs = submittedMs;
  while (!timeline.isComplete) {
    const observation = await observe(observer);
    signal.throwIfAborted();
    const isFirst = timeline.nodeNames.length === 0;
    const events = timeline.observe(observation);
    const { nodeNames, nextPhase } = timeline;
    if (isFirst && nodeNames.length > 0) printNodes(terminal, nodeNames);
    printEvents(terminal, events, { submittedMs, nodeNames, phases });
    if (events.length > 0) quietSinceMs = observation.timeMs;
    if (observation.timeMs - quietSinceMs > SILENCE_MS_MAX && nextPhase !== undefined) {
      printWait(terminal, waits[nextPhase]);
      // Said once, until there is news.
      quietSinceMs = Number.POSITIVE_INFINITY;
    }
    if (observation.timeMs - submittedMs > timeoutMs) {
      throw new CommandError(describeStall(timeline, timeoutMs));
    }
    await delay(LOOK_INTERVAL_MS);
  }
  return timeline;
}

function describeStall({ events, phases }: Timeline, timeoutMs: number): string {
  const last = events.at(-1);
  const where =
    last === undefined
      ? "no node was woken"
      : `the last event was "${last.phase}" of ${last.nodeName}`;
  return `the job's nodes did not come to their end within ${timeoutMs / 1000} s: ${where} (of ${phases.length} phases)`;
}
