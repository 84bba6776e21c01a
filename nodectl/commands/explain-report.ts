import type { Advice, NodeNote } from "../domain/explain/explanation.ts";
import type { Explained } from "./explain.ts";
import { wrapWords, type Wrapping } from "./wrap-words.ts";

export interface ExplainLayout {
  /** Characters a line. What is longer than that in one piece, such as a hostlist, stands alone and uncut. */
  readonly columns: number;
  /** Makes a heading stand out, on a terminal; elsewhere it changes nothing. */
  readonly emphasize: (text: string) => string;
}

/** The explanation for people: the sentence that most need first, then what is behind it. */
export function formatExplanation(
  { explanation, unseen }: Explained,
  layout: ExplainLayout,
): string {
  const { headline, why, nodes, history, next, advice } = explanation;
  const { columns, emphasize } = layout;
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ["Why", why.flatMap((text) => bullet(text, columns))],
    ["Nodes", nodes.flatMap((note) => nodeLines(note, columns))],
    ["Lately, from the log", history.flatMap((text) => bullet(text, columns))],
    ["What happens next", next.flatMap((text) => bullet(text, columns))],
    ["What you can do", advice.flatMap((item) => adviceLines(item, columns))],
    ["What could not be seen", unseen.flatMap((text) => bullet(text, columns))],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0);
  return [
    ...wrap(headline, { columns }).map(emphasize),
    ...shown.flatMap(([heading, lines]) => ["", emphasize(heading), ...lines]),
    "",
  ].join("\n");
}

/** The same for scripts. */
export function explanationJson(subject: string, { explanation, jobs, unseen }: Explained): string {
  const { cause, headline, ...parts } = explanation;
  return `${JSON.stringify({ subject, cause, headline, ...parts, unseen, jobs }, null, 2)}\n`;
}

function bullet(text: string, columns: number): readonly string[] {
  return wrap(text, { columns, first: "  - ", rest: "    " });
}

function nodeLines({ nodes, notes }: NodeNote, columns: number): readonly string[] {
  return [
    `  ${printable(nodes)}`,
    ...notes.flatMap((note) => wrap(note, { columns, first: "    ", rest: "      " })),
  ];
}

function adviceLines({ text, command }: Advice, columns: number): readonly string[] {
  const lines = bullet(text, columns);
  return command === undefined ? lines : [...lines, `      ${printable(command)}`];
}

/** Comments and reasons are other people's: they must not play with a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function wrap(text: string, wrapping: Wrapping): readonly string[] {
  return wrapWords(printable(text), wrapping);
}
