/** Where a line of a node's story comes from. */
export type LogSource = "elastic" | "console" | "kept";

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** The line itself bears no time: it is where it stood among those that do. */
  readonly isEstimate: boolean;
  readonly source: LogSource;
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** Longer lines are cut. */
const TEXT_LENGTH_MAX = 2_000;

/** One line for a terminal: no colours or cursor movements of others. */
export function printable(text: string): string {
  const plain = text
    // eslint-disable-next-line no-control-regex -- the escape sequences of a serial console (ECMA-48)
    .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g, "")
    .replaceAll("\t", " ")
    .replaceAll(/\p{Cc}/gu, "")
    .trimEnd();
  return plain.length <= TEXT_LENGTH_MAX ? plain : `${plain.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}

export interface Selection {
  /** Milliseconds since the epoch; undefined: from the beginning. */
  readonly sinceMs: number | undefined;
  readonly linesMax: number;
}

/** All lines in the order of their times, those of one time as their sources gave them; the last of them. */
export function mergeLines(
  sources: readonly (readonly LogLine[])[],
  { sinceMs = 0, linesMax }: Selection,
): readonly LogLine[] {
  return sources
    .flat()
    .filter(({ timeMs }) => timeMs >= sinceMs)
    .sort((a, b) => a.timeMs - b.timeMs)
    .slice(-linesMax);
}
