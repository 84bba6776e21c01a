import { isJsonObject, parseJsonObject } from "../json-object.ts";
import type { Counts } from "./counts.ts";

/** What one pass leaves for the next one to count on with. Losing it starts the counters anew, which scrapers expect. */
export interface MetricsState {
  readonly counts: Counts;
  /** How far the log was counted. */
  readonly position: { readonly inode: number; readonly offset: number };
  /** Nodes that were being powered up, and since when, milliseconds since the epoch. */
  readonly waking: Readonly<Record<string, number>>;
}

export const NO_METRICS: MetricsState = {
  counts: {},
  position: { inode: 0, offset: 0 },
  waking: {},
};

export function formatMetricsState(state: MetricsState): string {
  return `${JSON.stringify({ version: 1, ...state })}\n`;
}

/** NO_METRICS for what is none of ours. */
export function parseMetricsState(text: string): MetricsState {
  const value = parseJsonObject(text);
  if (!isState(value)) return NO_METRICS;
  const { counts, position, waking } = value;
  return { counts, position, waking };
}

function isState(value: unknown): value is MetricsState {
  if (!isJsonObject(value) || value["version"] !== 1) return false;
  const { counts, position, waking } = value;
  return (
    isNumbers(counts) &&
    isNumbers(waking) &&
    isNumbers(position) &&
    "inode" in position &&
    "offset" in position
  );
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return (
    isJsonObject(value) && Object.values(value).every((it) => typeof it === "number" && it >= 0)
  );
}
