export interface Wrapping {
  /** Characters a line, with what it begins with; a word that is longer stands alone. */
  readonly columns: number;
  /** Begins the first line. */
  readonly first?: string;
  /** Begins the others. */
  readonly rest?: string;
}

/** Breaks a text at spaces only: a path or a command is not to be torn. */
export function wrapWords(
  text: string,
  { columns, first = "", rest = "" }: Wrapping,
): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((it) => it !== "")) {
    const line = lines.pop();
    if (line === undefined) lines.push(`${first}${word}`);
    else if (line.length + 1 + word.length <= columns) lines.push(`${line} ${word}`);
    else lines.push(line, `${rest}${word}`);
  }
  return lines.length === 0 ? [first] : lines;
}
