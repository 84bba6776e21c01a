import type { CallEntry } from "../../sandbox/api/call-log.ts";
import {
  acceptedTimes,
  addressTimes,
  countOperations,
  countRequests,
  downTimes,
  isAccepted,
  type RequestCounts,
} from "../observe.ts";
import type { SlurmUpdate } from "../../stand-in/slurm-updates.ts";
import type { ProgramRun } from "../world/run-program.ts";
import { together, type Usage } from "../world/usage.ts";

/** What came of starting nodes; times in seconds since the first process was made. */
export interface StartObservation {
  readonly startedMs: number;
  readonly nodeCount: number;
  /** When OCI's answer to each accepted launch left, earliest first. */
  readonly launchTimes: readonly number[];
  /** When scontrol was first given each node's address, earliest first. */
  readonly addressTimes: readonly number[];
  readonly downTimes: readonly number[];
  readonly requests: RequestCounts;
  readonly operations: Readonly<Record<string, number>>;
  /** undefined: killed at the cap, before it could say. */
  readonly usage: Usage | undefined;
  readonly exitCodes: readonly (number | null)[];
  readonly isCut: boolean;
  readonly endedAfterSeconds: number;
  /** Nodes without address that Slurm was not told of either, and nodes that were launched twice. */
  readonly lost: readonly string[];
  readonly stderr: string;
}

/** Puts together what the processes, the API and scontrol say. */
export function observeStart(
  runs: readonly ProgramRun[],
  nodeNames: readonly string[],
  calls: readonly CallEntry[],
  updates: readonly SlurmUpdate[],
): StartObservation {
  const startedMs = Math.min(...runs.map((one) => one.startedMs));
  const endedMs = Math.max(...runs.map((one) => one.startedMs + one.durationMs));
  const sinceStart = (timesMs: Iterable<number>): number[] =>
    [...timesMs].map((timeMs) => (timeMs - startedMs) / 1000).sort((a, b) => a - b);
  const addressed = addressTimes(updates);
  const down = downTimes(updates);
  return {
    startedMs,
    nodeCount: nodeNames.length,
    launchTimes: sinceStart(acceptedTimes(calls, "LaunchInstance")),
    addressTimes: sinceStart(addressed.values()),
    downTimes: sinceStart(down.values()),
    requests: countRequests(calls),
    operations: countOperations(calls),
    usage: together(runs.flatMap(({ usage }) => usage ?? [])),
    exitCodes: runs.map(({ exitCode }) => exitCode),
    isCut: runs.some(({ isCut }) => isCut),
    endedAfterSeconds: (endedMs - startedMs) / 1000,
    lost: [
      ...nodeNames.filter((name) => !addressed.has(name) && !down.has(name)),
      ...launchedTwice(calls),
    ],
    stderr: runs.map(({ stderr }) => stderr).join(""),
  };
}

/** The same retry token gives the same instance: only another one is a second machine. */
function launchedTwice(calls: readonly CallEntry[]): string[] {
  const instances = new Map<string, Set<string | null>>();
  for (const call of calls) {
    if (call.operation !== "LaunchInstance" || !isAccepted(call)) continue;
    const name = call.displayName ?? "";
    instances.set(name, (instances.get(name) ?? new Set()).add(call.instanceOcid));
  }
  return [...instances].filter(([, ocids]) => ocids.size > 1).map(([name]) => name);
}
