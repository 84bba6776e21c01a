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

/** The end of an OCID, by which people tell them apart: `…sabcd123`, or all of its last part when that is short. */
export function ocidTail(ocid: string): string {
  const unique = ocid.split(".").at(-1) ?? ocid;
  return unique.length <= OCID_TAIL_LENGTH ? unique : `…${unique.slice(-OCID_TAIL_LENGTH)}`;
}

const OCID_TAIL_LENGTH = 8;

/** Intl does the same in a hundred times the time, which thousands of nodes feel. */
export function withCommas(digits: string): string {
  return digits.replaceAll(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");
}
