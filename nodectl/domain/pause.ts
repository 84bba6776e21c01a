import { comingTryOf, STARTNODE_PREFIX, type ReasonedNode } from "./failed-node.ts";
import { parseJsonObject } from "./json-object.ts";
import { localIsoTime } from "./local-time.ts";

/** An admin's decision that nothing is to be launched. */
export interface Pause {
  readonly who: string;
  /** Milliseconds since the epoch; undefined when the file does not tell. */
  readonly sinceMs: number | undefined;
  /** Empty when none was given. */
  readonly reason: string;
}

/** A node's reason, which also names the next try, must stay readable in `sinfo -R`. */
export const PAUSE_REASON_LENGTH_MAX = 100;

const WHO_LENGTH_MAX = 32;
const LAUNCHING_IS = "launching is";
const PAUSED = `${LAUNCHING_IS} paused`;

/** The content of the pause file: one line of JSON. */
export function formatPause({ who, sinceMs, reason }: Pause): string {
  const since = sinceMs === undefined ? undefined : localIsoTime(sinceMs);
  return `${JSON.stringify({ who, since, reason })}\n`;
}

/**
 * What the pause file says. A file that is none of ours pauses all the same: somebody has put it there, and a launch that
 * should not have been costs more than one that waits.
 */
export function parsePause(text: string): Pause {
  const { who, since, reason } = parseJsonObject(text) ?? {};
  const sinceMs = typeof since === "string" ? Date.parse(since) : NaN;
  return {
    who: printable(who, WHO_LENGTH_MAX) || "somebody",
    sinceMs: Number.isNaN(sinceMs) ? undefined : sinceMs,
    reason: printable(reason, PAUSE_REASON_LENGTH_MAX),
  };
}

/** `launching is paused by opc since 2026-11-25 17:05: the region is in trouble`. */
export function pauseSentence(pause: Pause): string {
  return `${LAUNCHING_IS} ${pauseWords(pause)}`;
}

/** `paused by opc since 2026-11-25 17:05: the region is in trouble`. */
export function pauseWords({ who, sinceMs, reason }: Pause): string {
  const since =
    sinceMs === undefined ? "" : ` since ${localIsoTime(sinceMs).slice(0, 16).replace("T", " ")}`;
  return `paused by ${who}${since}${reason === "" ? "" : `: ${reason}`}`;
}

/** True of the reason that startnode gives a node which it does not launch because of a pause. */
export function isPauseReason(reason: string): boolean {
  return reason.startsWith(`${STARTNODE_PREFIX} ${PAUSED}`);
}

export interface PausedNodes {
  /** DOWN and off: to be returned to service. */
  readonly off: readonly string[];
  /** DOWN, and being powered down: `state=resume` ends that too (seen on 22.05.8 and 24.11.5), when stopnode has ended. */
  readonly going: readonly string[];
  /** Not there yet: stopnode sets them DOWN once more when Slurm has called it. */
  readonly settling: readonly string[];
}

/** The nodes that startnode gave up because of a pause, by how far they have come since. */
export function pausedNodes(records: readonly ReasonedNode[], nowMs: number): PausedNodes {
  const own = records.filter(({ reason }) => isPauseReason(reason));
  const namesOf = (isSo: (record: ReasonedNode) => boolean): readonly string[] =>
    own.filter(isSo).map(({ name }) => name);
  return {
    off: namesOf((record) => isDownBy(record, "POWERED_DOWN")),
    going: namesOf((record) => isDownBy(record, "POWERING_DOWN")),
    settling: namesOf(
      (record) => isSettling(record) && comingTryOf(record.reason, nowMs) !== undefined,
    ),
  };
}

function isDownBy({ base, flags }: ReasonedNode, flag: string): boolean {
  const others = ["POWERED_DOWN", "POWERING_DOWN", "POWERING_UP", "POWER_DOWN"];
  return base === "DOWN" && others.every((other) => flags.has(other) === (other === flag));
}

/** A power-up that has been given up ends by a power-down, in which Slurm makes the node idle. */
function isSettling({ base, flags }: ReasonedNode): boolean {
  if (flags.has("POWER_DOWN")) return true;
  return base === "DOWN" ? flags.has("POWERING_UP") : flags.has("POWERING_DOWN");
}

function printable(value: unknown, lengthMax: number): string {
  if (typeof value !== "string") return "";
  return value
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, lengthMax);
}
