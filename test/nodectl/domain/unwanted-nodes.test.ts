import { describe, expect, it } from "vitest";
import { unwantedNodes } from "../../../nodectl/domain/unwanted-nodes.ts";

function node(name: string, base: string, ...flags: string[]) {
  return { name, base, flags: new Set(["CLOUD", ...flags]), bootTimeMs: 0 };
}

describe("unwantedNodes()", () => {
  it.each([
    ["powered down by force, while it was launched", "IDLE", ["POWERED_DOWN"]],
    ["still on its way down", "IDLE", ["POWERING_DOWN"]],
    ["past ResumeTimeout", "DOWN", ["POWERED_DOWN", "NOT_RESPONDING"]],
  ])("names a node that is %s", (_, base, flags) => {
    expect(unwantedNodes([node("n1", base, ...flags)], ["n1"])).toEqual(["n1"]);
  });

  it.each([
    ["waking", "ALLOCATED", ["POWERING_UP", "NOT_RESPONDING"]],
    ["waking without the job that was cancelled", "IDLE", ["POWERING_UP", "NOT_RESPONDING"]],
    ["registered", "ALLOCATED", []],
    ["to be powered down when its job ends", "ALLOCATED", ["POWER_DOWN"]],
  ])("leaves a node that is %s", (_, base, flags) => {
    expect(unwantedNodes([node("n1", base, ...flags)], ["n1"])).toEqual([]);
  });

  it("leaves nodes that this run did not launch, and those that Slurm does not know", () => {
    expect(unwantedNodes([node("n2", "IDLE", "POWERED_DOWN")], ["n1"])).toEqual([]);
  });
});
