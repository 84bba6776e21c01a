import { invalid, type Reading } from "./reading.ts";

export interface CsvRow {
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A cell in quotes, or one without; and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * RFC 4180: commas, quotes doubled within quotes, line breaks within quotes. Also a semicolon as the separator, which
 * spreadsheets write where a comma stands in numbers, if the first line has semicolons and no comma.
 */
export function parseCsv(text: string): Reading<readonly CsvRow[]> {
  const plain = text.replace(/^\uFEFF/, "");
  const first = /^[^\r\n]*/.exec(plain)?.[0] ?? "";
  const separator = first.includes(";") && !first.includes(",") ? ";" : ",";
  const cell = new RegExp(CELL.source.replaceAll(",", separator), "y");
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let rowLine = 1;
  while (cell.lastIndex < plain.length || cells.length > 0) {
    const match = cell.exec(plain);
    if (match === null) {
      return invalid(
        `line ${line}: a quote is not closed, or something stands behind it; write "…" around the whole cell and "" for a quote in it`,
      );
    }
    const [whole, quoted, bare = "", end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? bare);
    line += whole.split("\n").length - 1;
    if (end === separator) continue;
    if (cells.some((it) => it.trim() !== "")) rows.push({ line: rowLine, cells });
    cells = [];
    rowLine = line;
    if (end === "") break;
  }
  return { kind: "valid", value: rows };
}
