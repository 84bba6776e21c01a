import type { Standing } from "../../domain/status/groups.ts";
import { wrapWords } from "../wrap-words.ts";

/** What a terminal shows it in; the caller knows the colours. */
export type Tone = Standing | "heading" | "quiet";

export type Paint = (tone: Tone, text: string) => string;

/** For files, pipes and tests. */
export const plain: Paint = (_tone, text) => text;

export const GAP = "  ";

/** Breaks at spaces, so that no line is longer than the width; a word that is longer is cut into pieces. */
export function wrapText(text: string, width: number): readonly string[] {
  const words = text.split(" ").flatMap((it) => piecesOf(it, width));
  return wrapWords(words.join(" "), { columns: width });
}

function piecesOf(word: string, width: number): readonly string[] {
  return word.length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, "gu")) ?? []);
}

/** No longer than the width, with a mark where something is missing. */
export function cutText(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** The same for a hostlist: cut behind a whole name or range, so that no number is read for another. */
export function cutHostlist(hostlist: string, width: number): string {
  if (hostlist.length <= width) return hostlist;
  const comma = hostlist.lastIndexOf(",", width - 2);
  return comma === -1 ? cutText(hostlist, width) : `${hostlist.slice(0, comma + 1)}…`;
}

/** The same for several lines, the last of which then says that there is more. */
export function cutLines(lines: readonly string[], linesMax: number): readonly string[] {
  if (lines.length <= linesMax) return lines;
  const kept = lines.slice(0, linesMax);
  const last = kept.pop() ?? "";
  return [...kept, `${last.replace(/.{0,1}$/u, "")}…`];
}
