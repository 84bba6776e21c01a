import { expandHostlist } from "../../nodectl/domain/hostlist.ts";

/** One `scontrol update`, as the stand-in wrote it down. */
export interface SlurmUpdate {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** What came after `update`. */
  readonly text: string;
  /** Keys in lower case: scontrol does not mind. */
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
      return { timeMs: Number(seconds) * 1000, text: rest, words: wordsOf(rest) };
    });
}

/** `reason=` and `admincomment=` are last words and may have blanks. */
function wordsOf(text: string): ReadonlyMap<string, string> {
  const [before = "", ...last] = text.split(/ (?=(?:reason|admincomment)=)/i);
  const words = [...before.split(" "), last.join(" ")].filter((word) => word.includes("="));
  return new Map(
    words.map((word) => {
      const at = word.indexOf("=");
      return [word.slice(0, at).toLowerCase(), word.slice(at + 1)];
    }),
  );
}

/** @throws Error for what is no hostlist */
export function namesOf(hostlist: string): readonly string[] {
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "invalid") throw new Error(`${hostlist}: ${expanded.message}`);
  return expanded.value;
}

/** The nodes that an update is about; none when it is about jobs. */
export function nodesOf({ words }: SlurmUpdate): readonly string[] {
  const hostlist = words.get("nodename");
  return hostlist === undefined ? [] : namesOf(hostlist);
}

/** A node that is set down loses its address in the same update. */
export function givesAddresses({ words }: SlurmUpdate): boolean {
  return words.has("nodeaddr") && !words.has("state");
}

export function setsDown({ words }: SlurmUpdate): boolean {
  return /^down$/i.test(words.get("state") ?? "");
}

/** NodeAddr by node name, as last reported. */
export function addressesIn(updates: readonly SlurmUpdate[]): Map<string, string> {
  return new Map(
    updates.filter(givesAddresses).flatMap((update) => {
      const addresses = update.words.get("nodeaddr")?.split(",") ?? [];
      return nodesOf(update).map((name, index) => [name, addresses[index] ?? ""] as const);
    }),
  );
}

/** Reason by node name, of those that were set DOWN. */
export function downNodesIn(updates: readonly SlurmUpdate[]): Map<string, string> {
  return new Map(
    updates
      .filter(setsDown)
      .flatMap((update) =>
        nodesOf(update).map((name) => [name, update.words.get("reason") ?? ""] as const),
      ),
  );
}

/** Those that were powered down by force: Slurm calls stopnode for them. */
export function poweredDownIn(updates: readonly SlurmUpdate[]): readonly string[] {
  const forced = updates.filter(({ words }) => words.get("state") === "POWER_DOWN_FORCE");
  return [...new Set(forced.flatMap(nodesOf))];
}

/** AdminComment by job id, as last set. */
export function jobCommentsIn(updates: readonly SlurmUpdate[]): Map<number, string> {
  return new Map(
    updates.flatMap(({ words }) => {
      const comment = words.get("admincomment");
      if (comment === undefined) return [];
      const ids = (words.get("jobid") ?? "").split(",");
      return ids.map((id) => [Number(id), comment] as const);
    }),
  );
}
