import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readNodeRecords } from "../../../nodectl/slurm/node-records.ts";
import type { SlurmNode } from "../../../nodectl/slurm/control.ts";

const samples = new URL("samples/", import.meta.url);

function readSample(path: string): string {
  return readFileSync(new URL(path, samples), "utf8");
}

function readOnlyNode(path: string): SlurmNode {
  const records = readNodeRecords(readSample(path));
  if (records.kind === "errors" || records.nodes.length !== 1 || records.nodes[0] === undefined) {
    throw new Error(`${path} is not a sample of one node`);
  }
  return records.nodes[0];
}

/** State and flags by phase of a node's life; the same words in both families. */
const phases: readonly [string, string, readonly string[]][] = [
  ["22.05/powered_down", "IDLE", ["CLOUD", "POWERED_DOWN"]],
  ["24.11/powered_down", "IDLE", ["CLOUD", "POWERED_DOWN"]],
  ["22.05/powering_up", "ALLOCATED", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["24.11/powering_up", "ALLOCATED", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["22.05/powering_up_by_hand", "IDLE", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["24.11/powering_up_by_hand", "IDLE", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["22.05/idle", "IDLE", ["CLOUD"]],
  ["24.11/idle", "IDLE", ["CLOUD"]],
  ["22.05/allocated", "ALLOCATED", ["CLOUD"]],
  ["24.11/allocated_running", "ALLOCATED", ["CLOUD"]],
  ["22.05/mixed", "MIXED", ["CLOUD"]],
  ["24.11/mixed", "MIXED", ["CLOUD"]],
  ["22.05/draining_with_job", "MIXED", ["CLOUD", "DRAIN"]],
  ["24.11/draining_with_job", "MIXED", ["CLOUD", "DRAIN"]],
  ["22.05/drained_powered_down", "IDLE", ["CLOUD", "DRAIN", "POWERED_DOWN"]],
  ["24.11/drained_powered_down", "IDLE", ["CLOUD", "DRAIN", "POWERED_DOWN"]],
  ["22.05/powering_down", "IDLE", ["CLOUD", "POWERING_DOWN"]],
  ["24.11/powering_down", "IDLE", ["CLOUD", "POWERING_DOWN"]],
  ["22.05/down_while_powering_up_by_hand", "DOWN", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["24.11/down_while_powering_up", "DOWN", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]],
  ["22.05/down_after_resume_timeout", "DOWN", ["CLOUD", "POWERED_DOWN", "NOT_RESPONDING"]],
  ["24.11/down_after_resume_timeout", "DOWN", ["CLOUD", "POWERED_DOWN"]],
];

describe("readNodeRecords() on what Slurm wrote", () => {
  test.each(phases)("%s is %s with its flags", (path, base, flags) => {
    const node = readOnlyNode(`${path}.json`);
    expect(node.base).toBe(base);
    expect([...node.flags].sort()).toEqual([...flags].sort());
  });

  test("every recorded sample of a node can be read", () => {
    const files = ["22.05", "24.11"].flatMap((version) =>
      readdirSync(new URL(version, samples)).map((file) => `${version}/${file}`),
    );
    const ofNodes = files.filter(
      (file) => /\.json$/.test(file) && !/slurmctld_down|sinfo-grouped/.test(file),
    );
    expect(ofNodes.length).toBeGreaterThan(25);
    for (const file of ofNodes) {
      expect(readOnlyNode(file).flags.has("CLOUD"), file).toBe(true);
    }
  });

  test.each(["22.05", "24.11"])("%s: the address is the name until one was reported", (version) => {
    expect(readOnlyNode(`${version}/powering_up_by_hand.json`).address).toBe("n6");
    expect(readOnlyNode(`${version}/powering_up_with_address.json`).address).toBe("10.99.0.66");
  });

  test.each(["22.05", "24.11"])("%s: the reason is kept word by word", (version) => {
    expect(readOnlyNode(`${version}/down_while_powered_down.json`).reason).toBe(
      'no capacity: "VM" in AD-1',
    );
  });

  test("the boot time is in milliseconds, and 0 before the first registration", () => {
    expect(readOnlyNode("22.05/idle.json").bootTimeMs).toBe(1_795_176_258_000);
    expect(readOnlyNode("24.11/idle.json").bootTimeMs).toBe(1_795_175_863_000);
    expect(readOnlyNode("22.05/powered_down.json").bootTimeMs).toBe(0);
    expect(readOnlyNode("24.11/powering_up_by_hand.json").bootTimeMs).toBe(0);
  });

  test("22.05 without slurmctld says so and is not taken for a cluster without nodes", () => {
    expect(readNodeRecords(readSample("22.05/slurmctld_down.json"))).toEqual({
      kind: "errors",
      messages: ["Unspecified error"],
    });
  });

  test("the grouped form of sinfo is refused", () => {
    const text = readSample("24.11/sinfo-grouped.json");
    expect(() => readNodeRecords(text)).toThrow("nodes is not a list");
  });
});

describe("readNodeRecords()", () => {
  const node = { name: "a", state: ["IDLE"], address: "a", boot_time: 0 };

  test("ignores fields it does not know and takes a missing reason for none", () => {
    const text = JSON.stringify({ nodes: [{ ...node, wings: 2 }], warnings: [1] });
    expect(readNodeRecords(text)).toEqual({
      kind: "nodes",
      nodes: [
        {
          name: "a",
          base: "IDLE",
          flags: new Set(),
          address: "a",
          reason: "",
          reasonUser: "",
          bootTimeMs: 0,
        },
      ],
    });
  });

  test.each([
    ["half", "not JSON"],
    ["[]", "the answer is not an object"],
    ["{}", "nodes is not a list"],
    [{ ...node, name: undefined }, "nodes[0]: name is missing"],
    [{ ...node, state: undefined }, "node a: state is missing"],
    [{ ...node, state: [] }, "node a: state is empty"],
    [{ ...node, state: [1] }, "node a: state holds something that is not text"],
    [{ ...node, state: "idle" }, "node a: state_flags is not a list"],
    [{ ...node, address: "" }, "node a: address is missing"],
    [{ ...node, boot_time: "soon" }, "node a: boot_time is not an object"],
    [{ ...node, boot_time: {} }, "node a: boot_time is not a number"],
  ])("says what is wrong with %j", (input, message) => {
    const text = typeof input === "string" ? input : JSON.stringify({ nodes: [input] });
    expect(() => readNodeRecords(text)).toThrow(message);
  });
});
