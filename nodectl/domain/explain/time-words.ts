import { localIsoTime } from "../local-time.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `45 s`, `12 min`, `5 h`, `3 days`: as exact as a person needs it. */
export function durationWords(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 90 * SECOND_MS) return `${Math.round(ms / SECOND_MS)} s`;
  if (ms < 90 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.round(ms / HOUR_MS)} h`;
  return `${Math.round(ms / DAY_MS)} days`;
}

/** `17:06:31 (in 4 min)`, `17:01:12 (30 s ago)`; with its date when that is not today. The time on the wall here. */
export function timeWords(timeMs: number, nowMs: number): string {
  const [date = "", time = ""] = localIsoTime(timeMs).slice(0, 19).split("T");
  const [today] = localIsoTime(nowMs).split("T");
  const clock = date === today ? time : `${date} ${time.slice(0, 5)}`;
  const distance = timeMs - nowMs;
  if (Math.abs(distance) < SECOND_MS) return `${clock} (now)`;
  const words = durationWords(Math.abs(distance));
  return `${clock} (${distance > 0 ? `in ${words}` : `${words} ago`})`;
}
