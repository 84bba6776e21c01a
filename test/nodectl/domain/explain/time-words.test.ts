import { describe, expect, it } from "vitest";
import { durationWords, timeWords } from "../../../../nodectl/domain/explain/time-words.ts";
import { localIsoTime } from "../../../../nodectl/domain/local-time.ts";
import { MINUTE_MS, NOW_MS } from "./explain-facts.ts";

describe("durationWords()", () => {
  it.each([
    [-5, "0 s"],
    [45_400, "45 s"],
    [5 * MINUTE_MS, "5 min"],
    [5 * 60 * MINUTE_MS, "5 h"],
    [72 * 60 * MINUTE_MS, "3 days"],
  ])("%i ms are %s", (durationMs, words) => {
    expect(durationWords(durationMs)).toBe(words);
  });
});

describe("timeWords()", () => {
  it("gives the time on the wall, and how far it is", () => {
    const clock = localIsoTime(NOW_MS + 4 * MINUTE_MS).slice(11, 19);
    expect(timeWords(NOW_MS + 4 * MINUTE_MS, NOW_MS)).toBe(`${clock} (in 4 min)`);
    expect(timeWords(NOW_MS - 30_000, NOW_MS)).toMatch(/\(30 s ago\)$/);
    expect(timeWords(NOW_MS + 10, NOW_MS)).toMatch(/\(now\)$/);
  });

  it("gives the date of another day", () => {
    const days = 3 * 24 * 60 * MINUTE_MS;
    expect(timeWords(NOW_MS + days, NOW_MS)).toMatch(/^2026-11-2\d \d\d:\d\d \(in 3 days\)$/);
  });
});
