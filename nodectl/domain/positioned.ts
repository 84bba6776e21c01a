/** A value of an input file that remembers its line, so that every complaint about it can name the line. */
export type Positioned = PositionedScalar | PositionedMap | PositionedList;

export interface PositionedScalar {
  readonly kind: "scalar";
  /** Counted from 1. */
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `012` where value is 12. Whether it was quoted tells "12" from 12. */
  readonly source: string;
  readonly isQuoted: boolean;
}

export interface PositionedMap {
  readonly kind: "map";
  readonly line: number;
  /** In the order of the file; keys as written. The reader refuses duplicate keys. */
  readonly entries: readonly PositionedEntry[];
}

export interface PositionedList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly Positioned[];
}

export interface PositionedEntry {
  readonly key: string;
  readonly line: number;
  readonly value: Positioned;
}

/** What a message shows of a value. */
export function describePositioned(positioned: Positioned): string {
  switch (positioned.kind) {
    case "map":
      return `a map (${positioned.entries.map(({ key }) => key).join(", ")})`;
    case "list":
      return `a list of ${positioned.items.length}`;
    case "scalar":
      if (positioned.value === null) return "nothing";
      return positioned.isQuoted ? JSON.stringify(positioned.source) : positioned.source;
  }
}
