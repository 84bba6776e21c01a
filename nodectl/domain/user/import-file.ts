import { nearestNames } from "../edit-distance.ts";
import type { Problem } from "../problem.ts";
import { shortened } from "../problem.ts";
import { readAccount } from "./account-name.ts";
import { parseCsv, type CsvRow } from "./csv.ts";
import { parseKeyText } from "./key-text.ts";
import { invalid, type Reading } from "./reading.ts";
import { readDetails, type UserDetails } from "./user-entry.ts";
import { readUserName, type LocalNames } from "./user-name.ts";
import { readUserNumber } from "./user-number.ts";

/** One user that a file asks for. */
export interface ImportRow {
  readonly line: number;
  readonly name: string;
  readonly details: UserDetails;
  readonly number: number | undefined;
  readonly account: string | undefined;
  /** Keys as they stand in authorized_keys, or https URLs; each a source of its own. */
  readonly keys: readonly string[];
}

export const IMPORT_ROWS_MAX = 1000;
const PROBLEMS_MAX = 50;

/** Columns by the words that may head them. */
const COLUMNS: Readonly<Record<string, keyof Cells>> = {
  name: "name",
  user: "name",
  username: "name",
  login: "name",
  "full name": "fullName",
  email: "email",
  mail: "email",
  "e-mail": "email",
  key: "keys",
  keys: "keys",
  "ssh key": "keys",
  "ssh keys": "keys",
  "key url": "keys",
  uid: "number",
  account: "account",
  shell: "shell",
};
export const COLUMN_WORDS = "name, full name, email, keys, uid, account, shell";

interface Cells {
  name: string;
  fullName: string;
  email: string;
  keys: string;
  number: string;
  account: string;
  shell: string;
}

export interface ImportFile {
  /** Those that are in order. */
  readonly rows: readonly ImportRow[];
  /** Of the others, or of the file as a whole. */
  readonly problems: readonly Problem[];
}

/** The rows of a file and everything that is wrong in it, with the lines. What URLs give is not looked at yet. */
export function parseImportFile(text: string, file: string, local: LocalNames): ImportFile {
  const nothing = (problems: readonly Problem[]): ImportFile => ({ rows: [], problems });
  const csv = parseCsv(text);
  if (csv.kind === "invalid") return nothing([problemOf(file, csv.message)]);
  const [head, ...rows] = csv.value;
  if (head === undefined || rows.length === 0) {
    const fix = `write a line with ${COLUMN_WORDS}, and one for each user below it`;
    return nothing([{ file, message: "no user stands in it", fix }]);
  }
  if (rows.length > IMPORT_ROWS_MAX) {
    const message = `it has ${rows.length} users, and ${IMPORT_ROWS_MAX} are allowed`;
    return nothing([{ file, message, fix: "make several files of it" }]);
  }
  const columns = head.cells.map(columnOf);
  const headProblems = problemsOfHead(head, columns, file);
  if (headProblems.length > 0) return nothing(headProblems);
  const read = rows.map((row) => readRow(row, columns, local));
  const messages = [...read.flatMap(messagesOf), ...repeats(read)];
  return {
    rows: read.flatMap(({ row }) => row ?? []),
    problems: messages.map(({ line, message }) => problemOf(file, message, line)),
  };
}

/** @param message what is wrong, and behind a semicolon what to do about it */
export function problemOf(file: string, message: string, line?: number): Problem {
  const [what = "", fix = "mend it, or leave the row out"] = message.split(/; (.*)/);
  return { file, ...(line !== undefined && { line }), message: what, fix };
}

/** The first problems in the order of the file. */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const more = sorted.length - PROBLEMS_MAX;
  const [first] = sorted;
  if (more <= 0 || first === undefined) return sorted;
  const rest = {
    file: first.file,
    message: `${more} more problems`,
    fix: "mend those above first",
  };
  return [...sorted.slice(0, PROBLEMS_MAX), rest];
}

function columnOf(cell: string): keyof Cells | undefined {
  const word = cell
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, " ");
  return Object.hasOwn(COLUMNS, word) ? COLUMNS[word] : undefined;
}

function problemsOfHead(
  { cells, line }: CsvRow,
  columns: readonly (keyof Cells | undefined)[],
  file: string,
): readonly Problem[] {
  const unknown = cells.flatMap((cell, index) => (columns[index] === undefined ? [cell] : []));
  const problems = unknown.map((cell) => {
    const [near] = nearestNames(cell, Object.keys(COLUMNS), 1);
    const fix = near === undefined ? `write one of: ${COLUMN_WORDS}` : `did you mean ${near}?`;
    return { file, line, value: `"${shortened(cell)}"`, message: "no such column", fix };
  });
  if (columns.includes("name")) return problems;
  const message = "the first line has no column `name`";
  return [...problems, { file, line, message, fix: `write the columns: ${COLUMN_WORDS}` }];
}

interface ReadRow {
  readonly line: number;
  readonly name: string;
  /** Absent when something is wrong with it. */
  readonly row: ImportRow | undefined;
  readonly messages: readonly string[];
}

function readRow(
  { line, cells }: CsvRow,
  columns: readonly (keyof Cells | undefined)[],
  local: LocalNames,
): ReadRow {
  const all = (column: keyof Cells): readonly string[] =>
    cells.filter((cell, index) => columns[index] === column && cell.trim() !== "");
  const one = (column: keyof Cells): string | undefined => all(column)[0]?.trim();
  const name = readUserName(one("name") ?? "", local);
  const { fullName, email, shell } = {
    fullName: one("fullName"),
    email: one("email"),
    shell: one("shell"),
  };
  const details = readDetails({ fullName, email, shell });
  const number = numberOf(one("number"));
  const account = accountOf(one("account"));
  const keys = all("keys").flatMap(splitKeys);
  const readings = [
    checkWidth(cells, columns),
    name,
    details,
    number,
    account,
    ...keys.map(checkKeyCell),
  ];
  const messages = readings.flatMap((it) => (it.kind === "invalid" ? [it.message] : []));
  const shown = one("name") ?? "";
  if (
    messages.length > 0 ||
    name.kind === "invalid" ||
    details.kind === "invalid" ||
    number.kind === "invalid" ||
    account.kind === "invalid"
  ) {
    return { line, name: shown, row: undefined, messages };
  }
  const row = {
    ...{ line, name: name.value, details: details.value, number: number.value },
    ...{ account: account.value, keys },
  };
  return { line, name: shown, row, messages };
}

function checkWidth(cells: readonly string[], columns: readonly unknown[]): Reading<undefined> {
  if (cells.length <= columns.length) return { kind: "valid", value: undefined };
  return invalid(
    `${cells.length} cells stand in ${columns.length} columns; write "…" around a cell with commas`,
  );
}

interface LineMessage {
  readonly line: number;
  readonly message: string;
}

function messagesOf({ line, messages }: ReadRow): readonly LineMessage[] {
  return messages.map((message) => ({ line, message }));
}

/** One key a line; several URLs may stand in a line, with blanks between them. */
function splitKeys(cell: string): readonly string[] {
  const lines = cell
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.flatMap((line) => (line.startsWith("https://") ? line.split(/\s+/) : [line]));
}

/** A file's name is neither: whoever sends a list shall not choose what root reads. */
function checkKeyCell(text: string): Reading<unknown> {
  if (text.startsWith("https://")) return { kind: "valid", value: text };
  return parseKeyText(text, "keys");
}

function numberOf(text: string | undefined): Reading<number | undefined> {
  return text === undefined ? { kind: "valid", value: undefined } : readUserNumber(text);
}

function accountOf(text: string | undefined): Reading<string | undefined> {
  return text === undefined ? { kind: "valid", value: undefined } : readAccount(text);
}

/** Names and numbers that stand twice. */
function repeats(rows: readonly ReadRow[]): readonly LineMessage[] {
  const seen = new Map<string, number>();
  return rows.flatMap(({ line, name, row }) => {
    const marks = [name, ...(row?.number === undefined ? [] : [`uid ${row.number}`])];
    return marks.flatMap((mark) => {
      const before = seen.get(mark);
      if (before === undefined) seen.set(mark, line);
      if (before === undefined || mark === "") return [];
      return [
        {
          line,
          message: `${shortened(mark)} stands in line ${before} already; leave one of them out`,
        },
      ];
    });
  });
}
