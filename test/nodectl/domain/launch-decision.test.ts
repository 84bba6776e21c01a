import { describe, expect, it } from "vitest";
import {
  decideLaunch,
  newestOf,
  type NodeInstance,
  type NodeUse,
} from "../../../nodectl/domain/launch-decision.ts";
import { nodeUse } from "../../../nodectl/domain/node-use.ts";

const specification = {
  shape: "VM.Standard.E4.Flex",
  shapeConfig: { ocpus: 8, memoryGib: 64 },
  availabilityDomains: ["Uocm:PHX-AD-1"],
};
const waking: NodeUse = { isInUse: false, lastBootTimeMs: 0, olderOcids: new Set() };

function instance(overrides: Partial<NodeInstance> = {}): NodeInstance {
  return {
    instanceOcid: "i1",
    lifecycleState: "RUNNING",
    shape: specification.shape,
    shapeConfig: specification.shapeConfig,
    timeCreatedMs: 1_000,
    ...overrides,
  };
}

describe("decideLaunch()", () => {
  it("launches a node that has no instance, or only records of dead ones", () => {
    const dead = instance({ lifecycleState: "TERMINATED" });
    expect(decideLaunch(specification, [], waking)).toEqual({ kind: "launch" });
    expect(decideLaunch(specification, [dead], waking)).toEqual({ kind: "launch" });
  });

  it.each(["PROVISIONING", "STARTING", "RUNNING", "MOVING", "UNKNOWN_VALUE"])(
    "adopts a namesake that is %s",
    (lifecycleState) => {
      const living = instance({ lifecycleState });
      expect(decideLaunch(specification, [living], waking)).toEqual({
        kind: "adopt",
        instance: living,
      });
    },
  );

  it("adopts the newest of several", () => {
    const newer = instance({ instanceOcid: "i2", timeCreatedMs: 2_000 });
    expect(decideLaunch(specification, [instance(), newer], waking)).toMatchObject({
      kind: "adopt",
      instance: { instanceOcid: "i2" },
    });
  });

  it.each<[string, Partial<NodeInstance>, RegExp]>([
    ["is stopped", { lifecycleState: "STOPPED" }, /STOPPED/],
    ["is being stopped", { lifecycleState: "STOPPING" }, /STOPPING/],
    ["has another shape", { shape: "VM.Standard.E5.Flex" }, /shape is VM\.Standard\.E5\.Flex/],
    ["has another size", { shapeConfig: { ocpus: 4, memoryGib: 64 } }, /size/],
  ])("replaces a namesake that %s", (_what, overrides, reason) => {
    expect(decideLaunch(specification, [instance(overrides)], waking)).toMatchObject({
      kind: "replace",
      instances: [{ instanceOcid: "i1" }],
      reason: expect.stringMatching(reason) as string,
    });
  });

  it("replaces an instance that has served an earlier life of the node: Slurm would ignore it", () => {
    const served = { ...waking, lastBootTimeMs: 1_500 };
    expect(decideLaunch(specification, [instance()], served).kind).toBe("replace");
    const young = instance({ timeCreatedMs: 1_501 });
    expect(decideLaunch(specification, [young], served).kind).toBe("adopt");
  });

  it("replaces what has power already when Slurm itself resumes the node now", () => {
    const resumed = { ...waking, olderOcids: new Set(["i1"]) };
    expect(decideLaunch(specification, [instance()], resumed).kind).toBe("replace");
    const booting = instance({ lifecycleState: "PROVISIONING" });
    expect(decideLaunch(specification, [booting], resumed).kind).toBe("adopt");
  });

  it("adopts what has come since Slurm asked, though it has power already", () => {
    const resumed = { ...waking, olderOcids: new Set(["i0"]) };
    expect(decideLaunch(specification, [instance()], resumed).kind).toBe("adopt");
  });

  it("never replaces the machine of a node that Slurm counts on", () => {
    const inUse = { isInUse: true, lastBootTimeMs: 1_500, olderOcids: new Set(["i1"]) };
    const odd = instance({ shape: "VM.Standard2.1" });
    expect(decideLaunch(specification, [odd], inUse).kind).toBe("adopt");
    expect(decideLaunch(specification, [instance()], inUse).kind).toBe("adopt");
  });

  it("waits for a namesake that is TERMINATING: it still owns the host name label", () => {
    const going = instance({ lifecycleState: "TERMINATING" });
    expect(decideLaunch(specification, [going], waking)).toEqual({
      kind: "wait",
      instances: [going],
    });
  });

  it("adopts a living namesake beside one that is going", () => {
    const going = instance({ lifecycleState: "TERMINATING", instanceOcid: "old" });
    expect(decideLaunch(specification, [going, instance()], waking)).toMatchObject({
      kind: "adopt",
      instance: { instanceOcid: "i1" },
    });
  });

  it("asks no size of a fixed shape", () => {
    const fixed = { shape: "VM.Standard2.1", availabilityDomains: ["a"] };
    const living = instance({ shape: "VM.Standard2.1", shapeConfig: { ocpus: 1, memoryGib: 15 } });
    expect(decideLaunch(fixed, [living], waking).kind).toBe("adopt");
  });
});

describe("newestOf()", () => {
  it("counts dead instances too", () => {
    const dead = instance({ instanceOcid: "dead", lifecycleState: "TERMINATED", timeCreatedMs: 9 });
    expect(newestOf([instance({ timeCreatedMs: 1 }), dead])?.instanceOcid).toBe("dead");
    expect(newestOf<NodeInstance>([])).toBeUndefined();
  });
});

describe("nodeUse()", () => {
  it.each<[string, string[], boolean]>([
    ["IDLE", ["CLOUD", "POWERED_DOWN"], false],
    ["ALLOCATED", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"], false],
    ["IDLE", ["CLOUD", "POWERING_DOWN"], false],
    ["DOWN", ["CLOUD"], false],
    ["IDLE", ["CLOUD"], true],
    ["ALLOCATED", ["CLOUD"], true],
    ["MIXED", ["CLOUD", "DRAIN"], true],
    ["ALLOCATED", ["CLOUD", "POWER_DOWN"], true],
  ])("%s with %j: in use is %s", (base, flags, expected) => {
    const use = nodeUse({ base, flags: new Set(flags), bootTimeMs: 5 }, new Set(["i1"]));
    expect(use).toEqual({ isInUse: expected, lastBootTimeMs: 5, olderOcids: new Set(["i1"]) });
  });

  it("takes a node that Slurm does not know for unused", () => {
    expect(nodeUse(undefined, new Set())).toEqual(waking);
  });
});
