import { describe, expect, it } from "vitest";
import { nodeNameFault, nodeNamePrefix, nodeNames } from "../../../nodectl/domain/node-name.ts";

describe("nodeNamePrefix()", () => {
  it.each([
    [{ shape: "VM.Standard2.1", availabilityDomain: 1 }, "vm-standard2-1-ad1"],
    [{ shape: "VM.Standard2.1" }, "vm-standard2-1"],
    [
      {
        shape: "VM.Standard.E4.Flex",
        size: { ocpus: 8, memoryGib: 64 },
        availabilityDomain: 2,
      },
      "vm-standard-e4-flex-8-64-ad2",
    ],
    [
      { shape: "VM.Standard.E4.Flex", size: { ocpus: 8, memoryGib: 64 } },
      "vm-standard-e4-flex-8-64",
    ],
    [{ shape: "BM.GPU.A100-v2.8" }, "bm-gpu-a100-v2-8"],
  ])("of %j is what CitC wrote: %s", (naming, prefix) => {
    expect(nodeNamePrefix(naming)).toBe(prefix);
    expect(nodeNameFault(prefix)).toBeUndefined();
  });
});

describe("nodeNameFault()", () => {
  it("allows a name of 63 characters and no more", () => {
    expect(nodeNameFault("a".repeat(58))).toBeUndefined();
    expect(nodeNameFault("a".repeat(59))).toMatch(/has 64 characters, and a host name at most 63/);
  });

  it.each(["vm_standard", "-vm", "vm standard", "Vm", ""])(
    "finds %j to be no host name",
    (name) => {
      expect(nodeNameFault(name)).toMatch(/not a host name/);
    },
  );
});

describe("nodeNames()", () => {
  it.each([
    [1, "vm-0001"],
    [2, "vm-[0001-0002]"],
    [9999, "vm-[0001-9999]"],
  ])("writes %i names as a hostlist", (count, names) => {
    expect(nodeNames("vm", count)).toBe(names);
  });

  it.each([0, -1, 1.5, 10_000])("has no names for a count of %d", (count) => {
    expect(() => nodeNames("vm", count)).toThrow(/1 to 9999/);
  });
});
