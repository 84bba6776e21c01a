import { expect, test } from "vitest";
import { lookAtCluster, type StatusContext } from "../../../../nodectl/commands/status/look.ts";
import { formatMemory } from "../../../../nodectl/domain/reconcile/memory.ts";
import { OciCallError } from "../../../../nodectl/oci/oci-errors.ts";
import type { SlurmNode } from "../../../../nodectl/slurm/control.ts";
import { FakeCloud } from "../fake-cloud.ts";
import { slurmError } from "../slurm-error.ts";

const NOW_MS = 1_000_000;

function slurmNode(name: string, base: string, ...flags: readonly string[]): SlurmNode {
  return {
    name,
    base,
    flags: new Set(["CLOUD", ...flags]),
    address: "10.0.1.1",
    reason: "",
    reasonUser: "",
    bootTimeMs: 0,
  };
}

const NODES = [slurmNode("a", "ALLOCATED"), slurmNode("b", "IDLE", "POWERED_DOWN")];

/** A cluster whose node a runs, and how often each side was asked. */
function rig(overrides: Partial<StatusContext> = {}) {
  const cloud = new FakeCloud();
  cloud.add({ nodeName: "a", shape: "VM.GPU.A10.1" });
  const asked = { slurm: 0 };
  const specification = { shape: "VM.GPU.A10.1", availabilityDomains: ["Uocm:PHX-AD-1"] };
  const context: StatusContext = {
    clusterId: "clustera",
    userDataFile: "/home/slurm/bootstrap.sh",
    specifications: new Map(["a", "b"].map((name) => [name, specification])),
    claims: new Map([
      ["a", "wanted"],
      ["b", "wanted"],
    ]),
    notes: { read: () => Promise.resolve(new Map()) },
    limits: { orphanGraceMs: 1, bootLimitMs: 1, runDeadlineMs: 1 },
    instances: cloud,
    addressBook: cloud,
    instanceAddresses: { addressOf: () => Promise.resolve(undefined) },
    slurm: {
      listNodes: () => {
        asked.slurm++;
        return Promise.resolve(NODES);
      },
    },
    clock: { now: () => NOW_MS },
    capacity: { read: () => Promise.resolve([]) },
    readPause: () => Promise.resolve(undefined),
    lookAtSpace: () => Promise.resolve([]),
    memory: {
      read: () => Promise.resolve(formatMemory({ passMs: NOW_MS - 1, nodes: {}, boots: {} })),
    },
    ...overrides,
  };
  return { cloud, asked, context };
}

const ociFailure = new OciCallError({
  class: "auth",
  operation: "ListInstances",
  status: 404,
  message: "Not there.",
});

const slurmFailure = slurmError("Unable to contact slurm controller", "sinfo");

test("both sides, asked once each, make the nodes, their instances and their price", async () => {
  const { cloud, asked, context } = rig();
  const status = await lookAtCluster(context);
  expect(status.nodes).toMatchObject([
    {
      name: "a",
      slurmState: "busy",
      instanceState: "running",
      shape: "VM.GPU.A10.1",
      availabilityDomain: "PHX-AD-1",
      address: "10.0.1.1",
      usdPerHour: 2,
    },
    { name: "b", slurmState: "off", instanceState: "none", shape: "VM.GPU.A10.1", usdPerHour: 0 },
  ]);
  expect(status.warnings).toEqual([]);
  expect({ ...asked, instances: cloud.instanceLists, addresses: cloud.addressLists }).toEqual({
    slurm: 1,
    instances: 1,
    addresses: 1,
  });
});

test("what reconcile would do is said, and nothing is done", async () => {
  const { cloud, context } = rig();
  cloud.add({ nodeName: "b", timeCreatedMs: 1 });
  const status = await lookAtCluster(context);
  expect(status.nodes[1]?.plan).toMatchObject({ kind: "wait", rule: { action: "terminate" } });
  expect(cloud.terminations).toEqual([]);
});

test("without OCI the nodes of Slurm are shown, and no plan", async () => {
  const { context } = rig({
    instances: { listInstances: () => Promise.reject(ociFailure) },
  });
  const status = await lookAtCluster(context);
  expect(status.nodes).toMatchObject([
    { name: "a", slurmState: "busy", instanceState: "unknown", usdPerHour: undefined },
    { name: "b", slurmState: "off", instanceState: "unknown", plan: undefined },
  ]);
  expect(status.warnings.map(({ id }) => id)).toEqual(["oci-not-seen"]);
});

test("without Slurm the instances are shown with their price, and OCI is not asked again", async () => {
  const { cloud, context } = rig({ slurm: { listNodes: () => Promise.reject(slurmFailure) } });
  cloud.add({ nodeName: "c", lifecycleState: "TERMINATED" });
  const status = await lookAtCluster(context);
  expect(status.nodes).toMatchObject([
    { name: "a", slurmState: "unknown", instanceState: "running", usdPerHour: 2 },
  ]);
  expect(status.warnings.map(({ id }) => id)).toEqual(["slurm-not-seen"]);
  expect(cloud.instanceLists).toBe(1);
});

test("without both sides the warnings are left, and the files' own troubles are among them", async () => {
  const unreadable = { read: () => Promise.reject(new Error("EACCES")) };
  const { context } = rig({
    slurm: { listNodes: () => Promise.reject(slurmFailure) },
    instances: { listInstances: () => Promise.reject(ociFailure) },
    capacity: unreadable,
    memory: unreadable,
  });
  const status = await lookAtCluster(context);
  expect(status.nodes).toEqual([]);
  expect(status.warnings.map(({ what }) => what).join("\n")).toMatch(/cool-downs.*EACCES/);
  expect(status.warnings.map(({ id }) => id)).toEqual([
    ...["slurm-not-seen", "oci-not-seen", "doubtful-list", "doubtful-list"],
    "reconcile-does-not-run",
  ]);
});

test("a Slurm without any node counts as not seen", async () => {
  const { context } = rig({ slurm: { listNodes: () => Promise.resolve([]) } });
  expect((await lookAtCluster(context)).slurmBlindness).toMatch(/empty: run finish/);
});

test("an error of ours is not taken for a side that is away", async () => {
  const { context } = rig({
    instances: { listInstances: () => Promise.reject(new TypeError("a bug")) },
  });
  await expect(lookAtCluster(context)).rejects.toThrow("a bug");
});

test("a pause that is in force is seen", async () => {
  const pause = { who: "ann", sinceMs: 1, reason: "" };
  const { context } = rig({ readPause: () => Promise.resolve(pause) });
  const status = await lookAtCluster(context);
  expect(status).toMatchObject({ pause, warnings: [{ id: "launching-paused" }] });
});
