import { printable } from "./log-line.ts";

/** How the lines begin with which user data says on a machine's console how far it is (userdata/functions.sh). */
const OURS = /^citc: (.+)$/;
export const CONFIGURED = "this machine is configured";
export const FAILED = "this machine could not be configured: ";

/**
 * What a machine that never came to serve said last, in one line: what its user data said, because cloud-init and systemd
 * talk on when that has failed; or else the last line. Empty when it said nothing.
 */
export function lastWordsOf(console: string): string {
  const said = wordsOfUserData(console);
  if (said === undefined || said === CONFIGURED) return linesOf(console).at(-1) ?? "";
  return said.startsWith(FAILED) ? said.slice(FAILED.length) : said;
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
