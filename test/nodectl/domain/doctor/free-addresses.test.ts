import { describe, expect, it } from "vitest";
import { judgeSubnet, type SubnetSight } from "../../../../nodectl/domain/doctor/free-addresses.ts";

const SIGHT: SubnetSight = {
  ...{ cidr: "10.0.1.0/24", dnsLabel: "lab", lifecycleState: "AVAILABLE" },
  ...{ addressesUsed: 53, addressesMax: 253, nodesToCome: 200 },
};

describe("judgeSubnet()", () => {
  it("is content when every node that may come has an address", () => {
    expect(judgeSubnet(SIGHT)).toEqual({
      kind: "ok",
      seen: "10.0.1.0/24 has 200 of 253 addresses free",
    });
    expect(judgeSubnet({ ...SIGHT, addressesUsed: 253, nodesToCome: 0 })).toMatchObject({
      kind: "ok",
    });
  });

  it("warns before the subnet is full, and finds one that is", () => {
    const seen = "10.0.1.0/24 has 199 of 253 addresses free, and 200 nodes may come";
    expect(judgeSubnet({ ...SIGHT, addressesUsed: 54 })).toMatchObject({ kind: "warning", seen });
    expect(judgeSubnet({ ...SIGHT, addressesUsed: 253 })).toMatchObject({
      kind: "wrong",
      fix: "lower the counts in limits.yaml, or use a larger subnet",
    });
  });

  it("finds a subnet that cannot be launched into", () => {
    expect(judgeSubnet({ ...SIGHT, lifecycleState: "TERMINATED" })).toMatchObject({
      kind: "wrong",
      seen: "subnet 10.0.1.0/24 is TERMINATED",
    });
    const { cidr, lifecycleState, addressesUsed, addressesMax, nodesToCome } = SIGHT;
    const nameless = { cidr, lifecycleState, addressesUsed, addressesMax, nodesToCome };
    expect(judgeSubnet(nameless)).toMatchObject({
      kind: "wrong",
      seen: "subnet 10.0.1.0/24 has no DNS label",
    });
  });
});
