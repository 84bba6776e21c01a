import { GAP, type Paint, type Tone } from "./text.ts";

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly isNumber?: boolean;
  /** The columns with the lowest come on a narrow terminal too. */
  readonly rank: number;
  readonly tone?: (row: Row) => Tone;
}

export interface Table<Row> {
  readonly heading: string;
  /** Padded to the width. */
  readonly line: (row: Row) => string;
  readonly width: number;
}

/**
 * The columns that fit into the width beside each other, in their order; those of the highest rank go first. A column in
 * which nothing stands is left out.
 */
export function fitTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): Table<Row> {
  let measured = columns
    .map((column) => ({ column, width: widthOf(column, rows) }))
    .filter(({ width: own }) => own > 0);
  while (totalOf(measured) > width && measured.length > 1) {
    const rankMax = Math.max(...measured.map(({ column }) => column.rank));
    if (rankMax === 0) break;
    measured = measured.filter(({ column }) => column.rank < rankMax);
  }
  const lineOf = (texts: readonly string[], tones: readonly (Tone | undefined)[]): string =>
    measured
      .map(({ column, width: own }, index) => {
        const text = texts[index] ?? "";
        const tone = tones[index];
        const painted = tone === undefined || text === "" ? text : paint(tone, text);
        const padding = " ".repeat(own - text.length);
        return column.isNumber === true ? padding + painted : painted + padding;
      })
      .join(GAP);
  return {
    heading: lineOf(
      measured.map(({ column }) => column.heading),
      measured.map(() => "heading"),
    ),
    line: (row) =>
      lineOf(
        measured.map(({ column }) => column.cell(row)),
        measured.map(({ column }) => column.tone?.(row)),
      ),
    width: totalOf(measured),
  };
}

function widthOf<Row>({ heading, cell }: Column<Row>, rows: readonly Row[]): number {
  const width = Math.max(0, ...rows.map((row) => cell(row).length));
  return width === 0 ? 0 : Math.max(width, heading.length);
}

function totalOf(measured: readonly { readonly width: number }[]): number {
  return measured.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}
