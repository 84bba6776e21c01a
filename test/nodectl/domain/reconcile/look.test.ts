import { describe, expect, it } from "vitest";
import {
  isInstanceListWhole,
  lookAtNodes,
  remember,
  type Lists,
  type Recollection,
} from "../../../../nodectl/domain/reconcile/look.ts";
import {
  formatMemory,
  NO_MEMORY,
  parseMemory,
  type ReconcileMemory,
} from "../../../../nodectl/domain/reconcile/memory.ts";
import type { NodeSight } from "../../../../nodectl/domain/reconcile/sight.ts";
import { instance, MINUTE_MS, NODE, NOW, record } from "./sights.ts";

function lists(overrides: Partial<Lists> = {}): Lists {
  return {
    slurmNodes: [],
    instances: [],
    addresses: [],
    claims: new Map(),
    nowMs: NOW,
    ...overrides,
  };
}

function look(overrides: Partial<Lists>, memory: Recollection = NO_MEMORY): NodeSight {
  const [node] = lookAtNodes(lists(overrides), memory);
  if (node === undefined) throw new Error("no node was seen");
  return node;
}

const ADDRESS = [{ hostnameLabel: NODE, ipAddress: "10.0.0.5" }];
const TERMINATED = [instance("TERMINATED")];

describe("lookAtNodes()", () => {
  it("sees nodes that only one side has", () => {
    const slurmNodes = [{ ...record("IDLE+POWERED_DOWN"), name: "n2" }];
    const seen = lookAtNodes(lists({ slurmNodes, instances: [instance("RUNNING")] }), NO_MEMORY);
    expect(
      seen.map(({ name, slurmState, instanceState }) => [name, slurmState, instanceState]),
    ).toEqual([
      ["n2", "off", "none"],
      [NODE, "absent", "running"],
    ]);
  });

  it("leaves alone what is no cloud node, and instances with its name", () => {
    const own = record("IDLE");
    const slurmNodes = [{ ...own, flags: new Set<string>() }];
    expect(lookAtNodes(lists({ slurmNodes, instances: [instance("RUNNING")] }), NO_MEMORY)).toEqual(
      [],
    );
  });

  it.each([
    ["its address is gone", { addresses: [] }, "ended"],
    ["its address is there", { addresses: ADDRESS }, "unclear"],
    ["nobody knows of its address", { addresses: undefined }, "unclear"],
    ["it is on its way out", { addresses: ADDRESS, instances: [instance("TERMINATING")] }, "ended"],
    ["no record of it is left", { instances: [] }, "none"],
    ["only its address is left", { instances: [], addresses: ADDRESS }, "unclear"],
  ] as const)(
    "an instance that Slurm counts on and that is not listed as living: %s",
    (_, more, state) => {
      const seen = look({ slurmNodes: [record("ALLOCATED")], instances: TERMINATED, ...more });
      expect(seen.instanceState).toBe(state);
    },
  );

  it("does not take the ended instance of an earlier life for that of a node that has just begun to wake", () => {
    const memory = { passMs: NOW - MINUTE_MS, nodes: {} };
    const slurmNodes = [record("ALLOCATED+POWERING_UP")];
    expect(look({ slurmNodes, instances: TERMINATED }, memory).instanceState).toBe("none");
    const failed = [instance("TERMINATED", { timeCreatedMs: NOW - MINUTE_MS / 2 })];
    const seen = look({ slurmNodes, instances: failed }, memory);
    expect(seen).toMatchObject({ instanceState: "ended", waking: { isLaunched: true } });
  });

  it("remembers since when a node wakes, and that an instance was there", () => {
    const slurmNodes = [record("ALLOCATED+POWERING_UP")];
    const first = look({
      slurmNodes,
      instances: [instance("PROVISIONING")],
      nowMs: NOW - MINUTE_MS,
    });
    const memory = remember([first], NOW - MINUTE_MS);
    expect(look({ slurmNodes }, memory)).toMatchObject({
      instanceState: "none",
      sinceMs: NOW,
      waking: { sinceMs: NOW - MINUTE_MS, isLaunched: true },
    });
  });

  it("trusts no power-up that it has not watched", () => {
    const slurmNodes = [record("ALLOCATED+POWERING_UP")];
    const first = look({
      slurmNodes,
      instances: [instance("PROVISIONING")],
      nowMs: NOW - 60 * MINUTE_MS,
    });
    const memory = remember([first], NOW - 60 * MINUTE_MS);
    expect(look({ slurmNodes }, memory).waking).toEqual({
      notBeforeMs: NOW,
      sinceMs: NOW,
      isLaunched: false,
    });
  });

  it("counts the time in a pair of states from when it was first seen in it", () => {
    const earlier = look({
      slurmNodes: [record("DOWN slurm: Not responding")],
      nowMs: NOW - MINUTE_MS,
    });
    const memory = remember([earlier], NOW - MINUTE_MS);
    expect(look({ slurmNodes: [record("DOWN slurm: Not responding")] }, memory).sinceMs).toBe(
      NOW - MINUTE_MS,
    );
    expect(look({ slurmNodes: [record("IDLE")] }, memory).sinceMs).toBe(NOW);
  });
});

describe("isInstanceListWhole()", () => {
  const idle = record("IDLE");
  const silent = { ...record("IDLE+NOT_RESPONDING"), name: "n2" };
  const running = instance("RUNNING");

  it.each([
    ["has every node that is heard", { slurmNodes: [idle, silent], instances: [running] }, true],
    [
      "lacks a node that is heard",
      { slurmNodes: [idle, silent], instances: [instance("RUNNING", { nodeName: "n2" })] },
      false,
    ],
    ["is empty while Slurm counts on a machine", { slurmNodes: [silent], instances: [] }, false],
    [
      "is empty while all nodes are off",
      { slurmNodes: [record("IDLE+POWERED_DOWN")], instances: [] },
      true,
    ],
  ] as const)("a list that %s", (_, more, isWhole) => {
    expect(isInstanceListWhole(lookAtNodes(lists(more), NO_MEMORY))).toBe(isWhole);
  });
});

describe("the memory's file", () => {
  const waking = { notBeforeMs: 1, sinceMs: 2, isLaunched: true };
  const memory: ReconcileMemory = {
    passMs: NOW,
    boots: { "boot ocid1.image.oc1..a VM.Standard2.1": 2 },
    nodes: {
      n1: {
        slurmState: "waking",
        instanceState: "starting",
        sinceMs: NOW,
        slurmSinceMs: NOW,
        waking,
      },
      n2: { slurmState: "absent", instanceState: "running", sinceMs: 1, slurmSinceMs: 1 },
    },
  };

  it("gives back what was written", () => {
    expect(parseMemory(formatMemory(memory))).toEqual(memory);
  });

  it("is no memory when it is empty, torn, or of another version", () => {
    const text = formatMemory(memory);
    for (let length = 0; length < text.length - 1; length += 1) {
      expect(parseMemory(text.slice(0, length))).toEqual(NO_MEMORY);
    }
    expect(parseMemory(text.replace('"version":1', '"version":2'))).toEqual(NO_MEMORY);
    expect(parseMemory("[]")).toEqual(NO_MEMORY);
    expect(parseMemory('{"version":1,"passMs":-1,"nodes":{}}')).toEqual(NO_MEMORY);
  });

  it("leaves out nodes that it cannot read", () => {
    const text = formatMemory(memory).replace(
      '"waking","instanceState"',
      '"dreaming","instanceState"',
    );
    expect(Object.keys(parseMemory(text).nodes)).toEqual(["n2"]);
    const other = formatMemory(memory).replace('"isLaunched":true', '"isLaunched":1');
    expect(Object.keys(parseMemory(other).nodes)).toEqual(["n2"]);
  });
});
