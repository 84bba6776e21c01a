import { expect, test } from "vitest";
import type { NodeSight } from "../../../../nodectl/domain/reconcile/sight.ts";
import { selectNodes } from "../../../../nodectl/domain/status/cluster-status.ts";
import {
  nodeStatusOf,
  type NodeSurroundings,
  type ShownInstance,
} from "../../../../nodectl/domain/status/node-status.ts";
import { instance, nodeName, NOW_MS, offNode, sight } from "./sights.ts";

function look(instances: readonly ShownInstance[], overrides: Partial<NodeSurroundings> = {}) {
  const seen: NodeSight = {
    name: nodeName(1),
    slurm: undefined,
    slurmState: "absent",
    instances,
    instanceState: "running",
    claim: "unclaimed",
    addresses: undefined,
    sinceMs: NOW_MS,
    slurmSinceMs: NOW_MS,
    waking: undefined,
  };
  return nodeStatusOf(seen, undefined, {
    instances: new Map(instances.map((it) => [it.instanceOcid, it])),
    specifications: new Map(),
    isSlurmSeen: true,
    isOciSeen: true,
    ...overrides,
  });
}

test("the size belongs to the name of a flexible shape, and not to that of a fixed one", () => {
  expect(look([instance()]).shape).toBe("VM.Standard.E4.Flex.8.64");
  expect(look([instance({ shape: "VM.GPU.A10.1" })]).shape).toBe("VM.GPU.A10.1");
});

test("a node shows what it has got, and without an instance what it would get", () => {
  const asked = {
    shape: "VM.Standard2.1",
    availabilityDomains: ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"],
  };
  const specifications = new Map([[nodeName(1), asked]]);
  const got = { shape: "VM.Standard.E4.Flex.8.64", availabilityDomain: "PHX-AD-1" };
  expect(look([instance()], { specifications })).toMatchObject(got);
  const wanted = { shape: "VM.Standard2.1", availabilityDomain: "any" };
  expect(look([], { specifications })).toMatchObject(wanted);
});

test("namesakes cost together, and those that have ended nothing", () => {
  const twins = [
    instance({ instanceOcid: "old", timeCreatedMs: 1 }),
    instance({ instanceOcid: "new", timeCreatedMs: 2 }),
    instance({ instanceOcid: "gone", lifecycleState: "TERMINATED" }),
  ];
  const status = look(twins);
  expect(status.living.map(({ instanceOcid }) => instanceOcid)).toEqual(["new", "old"]);
  expect(status.usdPerHour).toBeCloseTo(0.592, 9);
});

test("a selection keeps what concerns its nodes and what concerns all, and names the unknown", () => {
  const about = (id: string, ...nodes: readonly string[]) => ({ id, what: "", advice: "", nodes });
  const status = {
    ...sight({ nodes: [offNode({ name: "a" }), offNode({ name: "b" })] }),
    warnings: [about("all"), about("of a", "a"), about("of b", "b")],
  };
  const selected = selectNodes(status, ["b", "x"]);
  expect(selected.missing).toEqual(["x"]);
  expect(selected.status.nodes.map(({ name }) => name)).toEqual(["b"]);
  expect(selected.status.warnings.map(({ id }) => id)).toEqual(["all", "of b"]);
});
