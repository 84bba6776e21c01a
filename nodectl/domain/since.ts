const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A moment as a person writes it: `30m`, `2h`, `1d` ago, or `2026-11-25T14:00`, the time on the wall unless it names a zone.
 * @returns milliseconds since the epoch; undefined when it is neither
 */
export function parseSince(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNITS[unit as keyof typeof UNITS];
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  // Without a time of day JavaScript would take it as UTC.
  const timeMs = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
