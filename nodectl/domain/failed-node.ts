import { localIsoTime } from "./local-time.ts";

/** A node for which no machine was to be had. */
export interface FailedNode {
  readonly nodeName: string;
  /** For people: what OCI said, of which shape, where. */
  readonly reason: string;
  /** When its placements may be tried again, milliseconds since the epoch. Absent: unknown. */
  readonly retryAtMs?: number;
}

/** Begins every reason and comment of ours, so that we know them again. */
export const STARTNODE_PREFIX = "startnode:";

/** Longer than this is cut in every listing of Slurm; the log has the whole. */
const WORDS_LENGTH_MAX = 200;

/** One line that scontrol's argument cannot misread, of bounded length, with our prefix. */
export function startnodeText(words: string): string {
  const line = `${STARTNODE_PREFIX} ${words}`.replaceAll(/[\p{Cc}\s"']+/gu, " ").trim();
  return line.length <= WORDS_LENGTH_MAX ? line : `${line.slice(0, WORDS_LENGTH_MAX - 1)}…`;
}

/**
 * The reason of a node that stays DOWN until a time: `startnode: … [next try 2026-11-25T14:05:07+00:00]`. The time stands
 * in Slurm and nowhere else, so that any later run knows it.
 */
export function failureReason(words: string, retryAtMs: number): string {
  return `${startnodeText(words)} ${nextTryText(retryAtMs)}`;
}

/** The end of the reason of a node that stays DOWN until a time, whichever of our programs set it. */
export function nextTryText(retryAtMs: number): string {
  return `[next try ${localIsoTime(retryAtMs)}]`;
}

/** A reason of startnode's without what differs between nodes. */
export function wordsOfReason(reason: string): string {
  return reason.replace(/ \[next try [^\]]*\].*$/, "").replace(/^startnode: /, "");
}

/** When a node with this reason may be tried again; undefined when the reason is none of ours. */
export function retryTimeOf(reason: string): number | undefined {
  // 24.11 writes " : ResumeTimeout reached" behind it.
  const [, time] = /^(?:startnode|reconcile): .*\[next try ([0-9T:+-]{25})\]/.exec(reason) ?? [];
  const timeMs = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/**
 * The same while it is still to come. A time that is past says nothing of the node's present state: slurmctld 24.11 keeps a
 * reason over a return to service (seen).
 */
export function comingTryOf(reason: string, nowMs: number): number | undefined {
  const timeMs = retryTimeOf(reason);
  return timeMs === undefined || timeMs <= nowMs ? undefined : timeMs;
}

/** What decisions need of Slurm's record of a node that may have been taken out of service, and why. */
export interface ReasonedNode {
  readonly name: string;
  readonly base: string;
  readonly flags: ReadonlySet<string>;
  readonly reason: string;
}

export interface FailedNodeCare {
  /** To be set DOWN again with the same reason, until the time. */
  readonly keepDown: readonly { readonly record: ReasonedNode; readonly retryAtMs: number }[];
  /** Their time has come. */
  readonly giveBack: readonly string[];
  /** The earliest time of those that have to wait; undefined when none has. */
  readonly nextRetryMs: number | undefined;
}

/**
 * What is due with the nodes that could not be had. They leave `down#` by a power-down, during which Slurm
 * (idle_on_node_suspend) makes them idle: unless they are set DOWN once more while POWERING_DOWN they are back after
 * SuspendTimeout, and the job asks for the same node again. Set DOWN then, they end as `down~` with our
 * reason (seen on 22.05.8 and 24.11.5). Nodes that an admin returned to service early are left alone.
 */
export function careForFailedNodes(
  records: readonly ReasonedNode[],
  nowMs: number,
): FailedNodeCare {
  const failed = records.flatMap((record) => {
    const retryAtMs = retryTimeOf(record.reason);
    return retryAtMs === undefined ? [] : [{ record, retryAtMs }];
  });
  const down = failed.filter(({ record }) => record.base === "DOWN");
  const due = down.filter(({ record, retryAtMs }) => retryAtMs <= nowMs && isOff(record));
  const keepDown = failed.filter(
    ({ record: { base, flags }, retryAtMs }) =>
      retryAtMs > nowMs && base !== "DOWN" && flags.has("POWERING_DOWN"),
  );
  const isDue = new Set(due);
  const later = [...keepDown, ...down.filter((node) => !isDue.has(node))];
  return {
    keepDown,
    giveBack: due.map(({ record }) => record.name),
    nextRetryMs: later.reduce<number | undefined>(
      (earliest, { retryAtMs }) => Math.min(earliest ?? Infinity, retryAtMs),
      undefined,
    ),
  };
}

function isOff({ flags }: ReasonedNode): boolean {
  return flags.has("POWERED_DOWN") && !flags.has("POWERING_DOWN");
}
