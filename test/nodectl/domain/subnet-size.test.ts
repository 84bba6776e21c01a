import { describe, expect, it } from "vitest";
import { addressCount } from "../../../nodectl/domain/subnet-size.ts";

describe("addressCount()", () => {
  it.each([
    ["10.0.0.0/20", 4093],
    ["10.0.0.0/24", 253],
    ["10.0.0.0/30", 1],
    ["10.0.0.0/31", 0],
    ["", 0],
  ])("of %s is %i", (cidr, count) => {
    expect(addressCount(cidr)).toBe(count);
  });
});
