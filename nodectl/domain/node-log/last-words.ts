import { printable } from "./log-line.ts";

/** How the lines begin with which user data says on a machine's console how far it is (userdata/functions.sh). */
const OURS = /^citc: (.+)$/;
const CONFIGURED = "this machine is configured";
const FAILED = "this machine could not be configured: ";

/**
 * What a machine that never came to serve said last, in one line: what its user data said, because cloud-init and systemd
 * talk on when that has failed; or else the last line. Empty when it said nothing.
 */
export function lastWordsOf(console: string): string {
  const lines = console.split(/\r?\n|\r/).flatMap((line) => printable(line).trim() || []);
  const said = lines.flatMap((line) => OURS.exec(line)?.[1] ?? []).at(-1);
  if (said === undefined || said === CONFIGURED) return lines.at(-1) ?? "";
  return said.startsWith(FAILED) ? said.slice(FAILED.length) : said;
}

/** One line without quotes, which scontrol could misread, of that many characters at most. */
export function shortWords(words: string, lengthMax: number): string {
  const line = words
    .replaceAll(/["']/g, "")
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}
