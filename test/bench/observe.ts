import { expandHostlist } from "../../nodectl/domain/hostlist.ts";
import type { CallEntry } from "../sandbox/api/call-log.ts";

/** One `scontrol update`, as the stand-in wrote it down. */
export interface SlurmUpdate {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** In lower case: scontrol does not mind. */
  readonly words: ReadonlyMap<string, string>;
}

/** @throws Error for a line that is none of the stand-in's */
export function readUpdates(text: string): SlurmUpdate[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, seconds, rest] = /^(\d+\.\d+) (.*)$/.exec(line) ?? [];
      if (seconds === undefined || rest === undefined) throw new Error(`no update: ${line}`);
      return { timeMs: Number(seconds) * 1000, words: wordsOf(rest) };
    });
}

/** `reason=` is the last word and may have blanks. */
function wordsOf(text: string): ReadonlyMap<string, string> {
  const [before = "", ...reason] = text.split(/ (?=reason=)/i);
  const words = [...before.split(" "), reason.join(" ")].filter((word) => word.includes("="));
  return new Map(
    words.map((word) => {
      const at = word.indexOf("=");
      return [word.slice(0, at).toLowerCase(), word.slice(at + 1)];
    }),
  );
}

/** When each node's address was first given to Slurm. */
export function addressTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  return firstTimes(updates.filter(({ words }) => words.has("nodeaddr") && !words.has("state")));
}

/** When Slurm was first told that a node is down. */
export function downTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  const isDown = ({ words }: SlurmUpdate): boolean => /^down$/i.test(words.get("state") ?? "");
  return firstTimes(updates.filter(isDown));
}

function firstTimes(updates: readonly SlurmUpdate[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { timeMs, words } of updates) {
    const names = expandHostlist(words.get("nodename") ?? "");
    if (names.kind === "invalid") throw new Error(`nodename: ${names.message}`);
    for (const name of names.value) if (!times.has(name)) times.set(name, timeMs);
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
