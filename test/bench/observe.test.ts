import { describe, expect, it } from "vitest";
import { CallLog, type CallEntry } from "../sandbox/api/call-log.ts";
import {
  acceptedTimes,
  addressTimes,
  countOperations,
  countRequests,
  downTimes,
  median,
  secondsToOtherDomain,
} from "./observe.ts";
import { readUpdates } from "../stand-in/slurm-updates.ts";

function call(timeMs: number, changes: Partial<CallEntry> = {}): CallEntry {
  const common = { method: "POST", path: "/", opcRequestId: "a/b/c", retryToken: null };
  const entry = new CallLog(1).add({ ...common, timeMs, operation: "LaunchInstance" });
  return { ...entry, status: 200, durationMs: 300, ...changes };
}

describe("what scontrol was told", () => {
  const text = [
    "100.5 nodename=a1,a2 nodeaddr=10.0.0.1,10.0.0.2 nodehostname=a1,a2",
    "101.25 NodeName=b[1-2] State=DOWN reason=startnode: no capacity, state=full",
    "102.0 nodename=a1 nodeaddr=10.0.0.9 nodehostname=a1",
    "",
  ].join("\n");

  it("gives each node's first address its time", () => {
    expect([...addressTimes(readUpdates(text))]).toEqual([
      ["a1", 100_500],
      ["a2", 100_500],
    ]);
  });

  it("finds the nodes that went down, whatever the reason says", () => {
    const [, down] = text.split("\n");
    expect([...downTimes(readUpdates(down ?? ""))]).toEqual([
      ["b1", 101_250],
      ["b2", 101_250],
    ]);
  });
});

describe("what the API was asked", () => {
  const calls = [
    call(2_000),
    call(1_000),
    call(1_500, { status: 429 }),
    call(1_600, { status: null }),
    call(1_700, { operation: "ListInstances", durationMs: 30 }),
  ];

  it("counts an acceptance when its answer has left", () => {
    expect(acceptedTimes(calls, "LaunchInstance")).toEqual([1_300, 2_300]);
  });

  it("keeps refusals and failures apart", () => {
    expect(countRequests(calls)).toEqual({ accepted: 3, refused: 1, failed: 1 });
    expect(countOperations(calls)).toEqual({ LaunchInstance: 4, ListInstances: 1 });
  });
});

describe("the way to another availability domain", () => {
  const refused = { status: 500, displayName: "a1", availabilityDomain: "AD-1" };

  it("takes from the first refusal to the first launch of a refused node", () => {
    const others = call(1_100, { displayName: "a2", availabilityDomain: "AD-2" });
    const moved = call(3_500, { displayName: "a1", availabilityDomain: "AD-2" });
    expect(secondsToOtherDomain([call(1_000, refused), others, moved])).toBe(2.5);
  });

  it("is nothing when no refused node was launched", () => {
    expect(secondsToOtherDomain([call(1_000, refused), call(2_000, refused)])).toBeUndefined();
  });
});

it("takes the middle of an odd number of values and the mean of two middles", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(() => median([])).toThrow("no median");
});
