import { expect, test } from "vitest";
import { groupNodes } from "../../../../nodectl/domain/status/groups.ts";
import { nodeName, NOW_MS, offNode, RULE, upNode } from "./sights.ts";

const GROUPS_MAX = 20;

test("like nodes stand together, and those that are off and cost nothing apart", () => {
  const nodes = [
    upNode({ name: "a" }),
    upNode({ name: "b" }),
    upNode({ name: "c", slurmState: "idle" }),
    offNode({ name: "d" }),
  ];
  const { groups, off } = groupNodes(nodes, GROUPS_MAX);
  expect(groups.map((group) => group.nodes.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  expect(off.map(({ name }) => name)).toEqual(["d"]);
});

test("what needs a look comes first, then what is under way, then what is well", () => {
  const plan = { kind: "act", rule: RULE, sinceMs: NOW_MS } as const;
  const nodes = [
    upNode({ slurmState: "idle" }),
    upNode({ slurmState: "waking" }),
    upNode({ slurmState: "down-slurm", plan }),
  ];
  const states = groupNodes(nodes, GROUPS_MAX).groups.map(({ first }) => first.slurmState);
  expect(states).toEqual(["down-slurm", "waking", "idle"]);
});

test("a node that is off with an instance that runs on is not among those that cost nothing", () => {
  const node = upNode({ slurmState: "off" });
  expect(groupNodes([node], GROUPS_MAX)).toMatchObject({ groups: [{ first: node }], off: [] });
});

test("too many groups give up the availability domains first, then the shapes", () => {
  const nodes = ["E4", "E5"].flatMap((shape) =>
    ["PHX-AD-1", "PHX-AD-2", "PHX-AD-3"].map((availabilityDomain) =>
      upNode({ name: nodeName(1), shape, availabilityDomain }),
    ),
  );
  const counts = [6, 5, 2, 1].map((groupsMax) => groupNodes(nodes, groupsMax).groups.length);
  expect(counts).toEqual([6, 2, 2, 1]);
});
