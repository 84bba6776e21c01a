import { describe, expect, it } from "vitest";
import {
  careForFailedNodes,
  failureReason,
  retryTimeOf,
  startnodeText,
} from "../../../nodectl/domain/failed-node.ts";
import { localIsoTime } from "../../../nodectl/domain/local-time.ts";

const NOW = Date.parse("2026-11-25T14:00:00Z");
const LATER = NOW + 300_000;
const EARLIER = NOW - 1_000;

function node(name: string, retryAtMs: number | undefined, base: string, ...flags: string[]) {
  const reason = retryAtMs === undefined ? "by opc" : failureReason("no room", retryAtMs);
  return { name, base, flags: new Set(["CLOUD", ...flags]), reason };
}

describe("the reason of a node that failed", () => {
  it("is one line without quotes, and tells the time of the next try", () => {
    const reason = failureReason(`500 "no\nroom" in 'AD-1'`, LATER);
    expect(reason).toBe(`startnode: 500 no room in AD-1 [next try ${localIsoTime(LATER)}]`);
  });

  it("keeps the time however long the words are", () => {
    const reason = failureReason("x".repeat(1_000), LATER);
    expect(reason.length).toBeLessThan(250);
    expect(retryTimeOf(reason)).toBe(LATER);
  });

  it.each(["", "by opc", "finish: no longer in limits.yaml", startnodeText("its job lost others")])(
    "%j names no next try",
    (reason) => {
      expect(retryTimeOf(reason)).toBeUndefined();
    },
  );

  it("is known again after Slurm 24.11 has written behind it", () => {
    expect(retryTimeOf(`${failureReason("x", LATER)} : ResumeTimeout reached`)).toBe(LATER);
  });
});

describe("localIsoTime()", () => {
  it.each([NOW, Date.parse("2026-07-01T23:59:59Z")])("says the same moment", (timeMs) => {
    expect(localIsoTime(timeMs)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
    expect(Date.parse(localIsoTime(timeMs))).toBe(timeMs);
  });
});

describe("careForFailedNodes()", () => {
  const careFor = (...nodes: ReturnType<typeof node>[]) => {
    const care = careForFailedNodes(nodes, NOW);
    return { ...care, keepDown: care.keepDown.map(({ record }) => record.name) };
  };

  it("keeps a node down that Slurm makes idle while it powers it down", () => {
    expect(careFor(node("n1", LATER, "IDLE", "POWERING_DOWN"))).toEqual({
      keepDown: ["n1"],
      giveBack: [],
      nextRetryMs: LATER,
    });
  });

  it("gives a node back when its time has come and it is off", () => {
    expect(careFor(node("n1", EARLIER, "DOWN", "POWERED_DOWN"))).toEqual({
      keepDown: [],
      giveBack: ["n1"],
      nextRetryMs: undefined,
    });
  });

  it.each([
    ["down until later", node("n1", LATER, "DOWN", "POWERED_DOWN"), LATER],
    ["due, but not off yet", node("n1", EARLIER, "DOWN", "POWERING_DOWN"), EARLIER],
    ["down and still waking", node("n1", LATER, "DOWN", "POWERING_UP", "NOT_RESPONDING"), LATER],
  ])("waits for a node that is %s", (_, waiting, nextRetryMs) => {
    expect(careFor(waiting)).toEqual({ keepDown: [], giveBack: [], nextRetryMs });
  });

  it.each([
    ["returned early by an admin", node("n1", LATER, "IDLE", "POWERED_DOWN")],
    ["in use again (24.11 keeps the reason)", node("n1", LATER, "ALLOCATED")],
    ["stopped after its time", node("n1", EARLIER, "IDLE", "POWERING_DOWN")],
    ["down for another reason", node("n1", undefined, "DOWN", "POWERED_DOWN")],
    ["asked to power down only", node("n1", LATER, "IDLE", "POWER_DOWN")],
  ])("leaves a node alone that is %s", (_, other) => {
    expect(careFor(other)).toEqual({ keepDown: [], giveBack: [], nextRetryMs: undefined });
  });

  it("says the earliest of the next tries", () => {
    const later = node("n1", LATER, "DOWN", "POWERED_DOWN");
    const sooner = node("n2", LATER - 1_000, "DOWN", "POWERED_DOWN");
    expect(careFor(later, sooner).nextRetryMs).toBe(LATER - 1_000);
  });
});
