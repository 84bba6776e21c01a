import { describe, expect, it } from "vitest";
import { editDistance, nearestNames } from "../../../nodectl/domain/edit-distance.ts";

describe("editDistance()", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "ABC", 0],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["abcd", "abdc", 1],
    ["kitten", "sitting", 3],
  ])("is, between %j and %j, %i", (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});

describe("nearestNames()", () => {
  const shapes = ["VM.Standard.E4.Flex", "VM.Standard.E5.Flex", "VM.Standard2.1", "BM.HPC2.36"];

  it("puts the nearest first", () => {
    expect(nearestNames("VM.Standard.E4.Felx", shapes)).toEqual([
      "VM.Standard.E4.Flex",
      "VM.Standard.E5.Flex",
    ]);
  });

  it("finds nothing for what is like nothing", () => {
    expect(nearestNames("n1-standard-1000-something", shapes)).toEqual([]);
  });

  it("finds nothing for a huge word, of which only the beginning is compared", () => {
    const names = Array.from({ length: 300 }, (_, index) => `VM.Standard.X${index}.Flex`);
    expect(nearestNames("x".repeat(10_000_000), names)).toEqual([]);
  });
});
