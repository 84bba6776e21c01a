import { printable } from "./log-line.ts";

/** How the lines begin with which user data says on a machine's console how far it is (userdata/functions.sh). */
const OURS = /^citc: (.+)$/;
export const CONFIGURED = "this machine is configured";
export const FAILED = "this machine could not be configured: ";

/**
 * How far a machine had come that never came to serve, by what its user data said last: it has failed; it was at work or
 * waited; all was done; or it said nothing, so that even the image may not have come up.
 */
export const BOOT_STAGES = ["failed", "unfinished", "configured", "silent"] as const;
export type BootStage = (typeof BOOT_STAGES)[number];

export interface LastWords {
  readonly stage: BootStage;
  /** In one line; empty when there was none. */
  readonly words: string;
}

/**
 * What a machine that never came to serve said last: what its user data said, because cloud-init and systemd talk on when
 * that has failed; or else the last line.
 */
export function lastWordsOf(console: string): LastWords {
  const said = wordsOfUserData(console);
  if (said === undefined || said === CONFIGURED) {
    const stage = said === undefined ? "silent" : "configured";
    return { stage, words: linesOf(console).at(-1) ?? "" };
  }
  return said.startsWith(FAILED)
    ? { stage: "failed", words: said.slice(FAILED.length) }
    : { stage: "unfinished", words: said };
}

/** What is known of a machine's end: a note tells of a failure, and says it in full; undefined when nothing was kept. */
export function lastWordsOn(
  note: string | undefined,
  console: LastWords | undefined,
): LastWords | undefined {
  return note === undefined ? console : { stage: "failed", words: note };
}

/** The last line in which user data said how far it is, without what it begins with; undefined when it said nothing. */
export function wordsOfUserData(console: string): string | undefined {
  return linesOf(console)
    .flatMap((line) => OURS.exec(line)?.[1] ?? [])
    .at(-1);
}

function linesOf(console: string): readonly string[] {
  return console.split(/\r?\n|\r/).flatMap((line) => printable(line).trim() || []);
}

/** One line without quotes, which scontrol could misread, of that many characters at most. */
export function shortWords(words: string, lengthMax: number): string {
  const line = words
    .replaceAll(/["']/g, "")
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}
