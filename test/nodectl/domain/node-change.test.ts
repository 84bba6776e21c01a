import { describe, expect, it } from "vitest";
import { judgeChange, type NodeChange } from "../../../nodectl/domain/node-change.ts";

function judge(change: NodeChange, state: string, reason = ""): string {
  const [base = "", ...flags] = state.split("+");
  const node = { name: "n-1", base, flags: new Set(["CLOUD", ...flags]), reason };
  const { kind, what } = judgeChange(change, node);
  return `${kind}: ${what}`;
}

describe("judgeChange()", () => {
  // The states as 22.05.8 and 24.11.5 write them; what follows was seen on both.
  it.each([
    ["start", "IDLE+POWERED_DOWN", /^do: wakes/],
    ["start", "IDLE+DRAIN+POWERED_DOWN", /^do: wakes .*; it stays drained$/],
    ["start", "IDLE+POWERING_UP+NOT_RESPONDING", /^nothing: waking already/],
    ["start", "ALLOCATED", /^nothing: up already/],
    ["start", "IDLE+POWERING_DOWN", /^refuse: being powered down/],
    ["start", "ALLOCATED+DRAIN+POWER_DOWN", /^refuse: being powered down/],
    ["start", "DOWN+POWERED_DOWN", /^refuse: DOWN \(\): return it first/],
    ["stop", "IDLE", /^do: has no jobs and stops now/],
    ["stop", "MIXED", /^do: takes no new jobs, and stops when its jobs have ended/],
    ["stop", "IDLE+COMPLETING", /^do: takes no new jobs, and stops when/],
    ["stop", "ALLOCATED+POWERING_UP", /^do: takes no new jobs, and stops when/],
    ["stop", "IDLE+POWERING_UP", /^do: stops when it has registered/],
    ["stop", "IDLE+POWERED_DOWN", /^nothing: off already/],
    ["stop", "IDLE+POWERING_DOWN", /^nothing: being powered down already/],
    ["stop", "ALLOCATED+DRAIN+POWER_DOWN", /^nothing: told to stop already/],
    ["stop-now", "ALLOCATED+DRAIN+POWER_DOWN", /^do: stops at once/],
    ["stop-now", "IDLE+POWERED_DOWN", /^nothing: off already/],
    ["drain", "ALLOCATED", /^do: takes no new jobs, and those that run end, until .*in service/],
    ["drain", "IDLE", /^do: takes no jobs, until Slurm has powered it down/],
    ["drain", "IDLE+POWERED_DOWN", /^do: off, and no job wakes it any more/],
    ["return", "IDLE+DRAIN", /^do: in service again$/],
    ["return", "DOWN+POWERED_DOWN", /^do: in service again$/],
    ["return", "DOWN+NOT_RESPONDING", /^do: in service again$/],
    ["return", "IDLE", /^nothing: in service already/],
    ["return", "ALLOCATED+DRAIN+POWER_DOWN", /^refuse: told to stop, which Slurm cannot take back/],
    ["return", "DOWN+POWERING_DOWN", /^refuse: being powered down, and its instance with it/],
    ["confirm-dead", "ALLOCATED", /^do: given up \(DOWN/],
    ["confirm-dead", "DOWN+NOT_RESPONDING", /^do: given up/],
    ["confirm-dead", "IDLE+POWERING_UP+NOT_RESPONDING", /^do: given up/],
    ["confirm-dead", "IDLE+POWERED_DOWN", /^nothing: off already/],
    ["confirm-dead", "IDLE+POWERING_DOWN", /^nothing: being powered down already/],
  ] as const)("%s of %s", (change, state, expected) => {
    expect(judge(change, state)).toMatch(expected);
  });

  it("tells why a node was out of service", () => {
    expect(judge("return", "DOWN+POWERED_DOWN", "startnode: no room")).toBe(
      "do: in service again; it was out of it because: startnode: no room",
    );
    expect(judge("start", "DOWN+POWERED_DOWN", "broken")).toMatch(/DOWN \(broken\)/);
  });

  it.each(["start", "stop", "stop-now", "confirm-dead"] as const)(
    "has no %s for a node that no instance stands behind",
    (change) => {
      const node = { name: "n-1", base: "IDLE", flags: new Set<string>(), reason: "" };
      expect(judgeChange(change, node).kind).toBe("refuse");
      expect(judgeChange("drain", node).kind).toBe("do");
    },
  );
});
