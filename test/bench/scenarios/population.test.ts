import { expect, it } from "vitest";
import type { InstanceSeen } from "../world/api-process.ts";
import { populationProblem } from "./population.ts";

function instance(node: string, lifecycleState: string, cluster = "bench"): InstanceSeen {
  return { lifecycleState, freeformTags: { cluster, node } };
}

const STRANGER = instance("a", "RUNNING", "another-cluster");
const GOOD = [
  ...[instance("a", "TERMINATED"), instance("a", "RUNNING")],
  ...[instance("b", "RUNNING"), instance("b", "TERMINATED"), STRANGER],
];

it("is content with one running and one terminated instance of each node, beside strangers", () => {
  expect(populationProblem(GOOD, ["a", "b"])).toBeUndefined();
});

it("wants strangers", () => {
  const ours = GOOD.filter((one) => one !== STRANGER);
  expect(populationProblem(ours, ["a", "b"])).toMatch("no strangers");
});

it("names a node whose instance does not run yet, is missing or has a namesake", () => {
  for (const states of [["PROVISIONING", "TERMINATED"], ["TERMINATED"], ["RUNNING", "RUNNING"]]) {
    const records = [STRANGER, ...states.map((state) => instance("a", state))];
    expect(populationProblem(records, ["a"])).toMatch("the instances of a are");
  }
});

it("does not overlook instances of nodes that nobody asked for", () => {
  expect(populationProblem(GOOD, ["a"])).toBe("4 instances are ours, in place of 2");
});
