import { describe, expect, it } from "vitest";
import { failureReason, retryTimeOf } from "../../../nodectl/domain/failed-node.ts";
import {
  formatPause,
  parsePause,
  pausedNodes,
  pauseSentence,
} from "../../../nodectl/domain/pause.ts";

const SINCE_MS = Date.parse("2026-11-25T17:05:30Z");
const pause = { who: "opc", sinceMs: SINCE_MS, reason: "the region is in trouble" };

describe("the pause file", () => {
  it("holds who, since when and why, to the second", () => {
    expect(parsePause(formatPause(pause))).toEqual(pause);
    expect(JSON.parse(formatPause(pause))).toMatchObject({ who: "opc", reason: pause.reason });
  });

  it.each(["", "not JSON", "[]", "null", "42", '{"who":7,"since":"soon"}'])(
    "pauses whatever it says: %j",
    (text) => {
      expect(parsePause(text)).toEqual({ who: "somebody", sinceMs: undefined, reason: "" });
    },
  );

  it("keeps the admin's words, in one line that is not too long", () => {
    const { reason } = parsePause(JSON.stringify({ reason: `it's\n"b" ${"x".repeat(500)}` }));
    expect(reason).toMatch(/^it's "b" x+$/);
    expect(reason.length).toBeLessThanOrEqual(100);
  });
});

describe("pauseSentence()", () => {
  it("names who, since when and why", () => {
    expect(pauseSentence(pause)).toMatch(
      /^launching is paused by opc since 2026-11-2\d \d\d:\d\d: the region is in trouble$/,
    );
    expect(pauseSentence({ who: "somebody", sinceMs: undefined, reason: "" })).toBe(
      "launching is paused by somebody",
    );
  });
});

describe("pausedNodes()", () => {
  const retryAtMs = SINCE_MS + 300_000;
  const reason = failureReason(pauseSentence(pause), retryAtMs);

  function look(base: string, flags: readonly string[], words = reason, nowMs = SINCE_MS) {
    const { off, going, settling } = pausedNodes(
      [{ name: "n-1", base, flags: new Set(["CLOUD", ...flags]), reason: words }],
      nowMs,
    );
    return Object.entries({ off, going, settling })
      .filter(([, names]) => names.length > 0)
      .map(([kind]) => kind);
  }

  it("knows its own reason, also with Slurm's words behind it, and its next try is read", () => {
    expect(retryTimeOf(reason)).toBe(retryAtMs);
    expect(look("DOWN", ["POWERED_DOWN"])).toEqual(["off"]);
    expect(look("DOWN", ["POWERED_DOWN"], `${reason} : ResumeTimeout reached`)).toEqual(["off"]);
  });

  it("leaves nodes that failed for another reason", () => {
    const other = failureReason("500 Out of host capacity", retryAtMs);
    expect(look("DOWN", ["POWERED_DOWN"], other)).toEqual([]);
    expect(look("DOWN", ["POWERED_DOWN"], "launching is paused, said somebody")).toEqual([]);
  });

  it.each([
    ["DOWN", ["POWERING_UP"]],
    ["DOWN", ["POWERING_UP", "POWER_DOWN"]],
    ["IDLE", ["POWER_DOWN"]],
    ["IDLE", ["POWERING_DOWN"]],
  ])("waits for one that is not there yet: %s %j", (base, flags) => {
    expect(look(base, flags)).toEqual(["settling"]);
  });

  it("tells one that is DOWN and being powered down from one that is off", () => {
    expect(look("DOWN", ["POWERING_DOWN"])).toEqual(["going"]);
  });

  it("takes no notice of a reason that has outlived its node's failure", () => {
    expect(look("IDLE", [])).toEqual([]);
    expect(look("ALLOCATED", [])).toEqual([]);
    expect(look("IDLE", ["POWERING_DOWN"], reason, retryAtMs + 1)).toEqual([]);
  });
});
