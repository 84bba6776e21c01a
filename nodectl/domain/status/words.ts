const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `24 s`, `3 min`, `2 h`, `5 d`: never more than six characters. */
export function durationText(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 2 * MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** `0.037`, `3.41`, `1,204.50`: a thousandth below a dollar, where it matters. */
export function usdText(usd: number): string {
  return withCommas(usd.toFixed(usd > 0 && usd < 1 ? 3 : 2));
}

/** `1 node`, `1,987 nodes`. */
export function countText(count: number, noun: string): string {
  return `${withCommas(`${count}`)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Intl does the same in a hundred times the time, which thousands of nodes feel. */
export function withCommas(digits: string): string {
  return digits.replaceAll(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");
}
