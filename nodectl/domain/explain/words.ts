import { compressHostlist } from "../hostlist.ts";

/** `1 node`, `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1 node is`, `2 nodes are`. */
export function countedBe(count: number, noun: string): string {
  return `${counted(count, noun)} ${count === 1 ? "is" : "are"}`;
}

/** More names than this are cut from a sentence: the list itself stands below it. */
const NAMES_SHOWN_MAX = 6;

/** `node a-1`, `nodes a-[1-3]`. */
export function nodesWords(names: readonly string[]): string {
  return `node${names.length === 1 ? "" : "s"} ${compressHostlist(names)}`;
}

/** `a, b and c`; of a long list the first and how many more. */
export function listWords(items: readonly string[], max = NAMES_SHOWN_MAX): string {
  const shown = items.slice(0, max);
  const more = items.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  if (all.length < 2) return all.join("");
  return `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}

/** Without the full stop and the white space at its end, to be put into a sentence. */
export function withoutStop(text: string): string {
  return text.replace(/[.\s]+$/, "");
}

/** As the first of a sentence. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
