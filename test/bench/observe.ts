import type { CallEntry } from "../sandbox/api/call-log.ts";
import { givesAddresses, nodesOf, setsDown, type SlurmUpdate } from "../stand-in/slurm-updates.ts";

/** When each node's address was first given to Slurm. */
export function addressTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  return firstTimes(updates.filter(givesAddresses));
}

/** When Slurm was first told that a node is down. */
export function downTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  return firstTimes(updates.filter(setsDown));
}

function firstTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const update of updates) {
    for (const name of nodesOf(update)) if (!times.has(name)) times.set(name, update.timeMs);
  }
  return times;
}

/** Answers to accepted calls of an operation, in milliseconds since the epoch, earliest first. */
export function acceptedTimes(calls: readonly CallEntry[], operation: string): number[] {
  return calls
    .filter((call) => call.operation === operation && isAccepted(call))
    .map(({ timeMs, durationMs }) => timeMs + (durationMs ?? 0))
    .sort((a, b) => a - b);
}

export function isAccepted({ status }: CallEntry): boolean {
  return status !== null && status < 300;
}

export interface RequestCounts {
  readonly accepted: number;
  /** 429. */
  readonly refused: number;
  /** Any other answer, or none. */
  readonly failed: number;
}

export function countRequests(calls: readonly CallEntry[]): RequestCounts {
  const accepted = calls.filter(isAccepted).length;
  const refused = calls.filter(({ status }) => status === 429).length;
  return { accepted, refused, failed: calls.length - accepted - refused };
}

/** How many times each operation was called, whatever the answer. */
export function countOperations(calls: readonly CallEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/**
 * Seconds from the first launch that was refused for want of capacity to the first acceptance of a node that was
 * refused before; undefined when there is none.
 */
export function secondsToOtherDomain(calls: readonly CallEntry[]): number | undefined {
  const launches = calls.filter(({ operation }) => operation === "LaunchInstance");
  const refusals = launches.filter(({ status }) => status === 500);
  const refused = new Set(refusals.map(({ displayName }) => displayName));
  const elsewhere = launches.find((call) => refused.has(call.displayName) && isAccepted(call));
  if (elsewhere === undefined || refusals[0] === undefined) return undefined;
  return (elsewhere.timeMs - refusals[0].timeMs) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper, lower] = [sorted[middle], sorted[sorted.length % 2 === 0 ? middle - 1 : middle]];
  if (upper === undefined || lower === undefined) throw new Error("no median of nothing");
  return (upper + lower) / 2;
}
