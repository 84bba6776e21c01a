import { describe, expect, it } from "vitest";
import type { Placement } from "../../../nodectl/domain/placement.ts";
import { retryToken, type RetryTokenParts } from "../../../nodectl/domain/retry-token.ts";

const placement: Placement = {
  shape: "VM.Standard2.1",
  availabilityDomain: "Uocm:PHX-AD-1",
  capacityType: "on-demand",
};

const parts: RetryTokenParts = {
  clusterId: "mouse",
  nodeName: "vm-1",
  placement,
  newestEarlierInstanceOcid: undefined,
  attempt: 0,
};

describe("retryToken()", () => {
  it("is the same for the same launch, and within OCI's 64 characters", () => {
    expect(retryToken(parts)).toBe(retryToken({ ...parts }));
    expect(retryToken(parts)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<Partial<RetryTokenParts>>([
    { clusterId: "cat" },
    { nodeName: "vm-2" },
    { placement: { ...placement, availabilityDomain: "Uocm:PHX-AD-2" } },
    { placement: { ...placement, faultDomain: "FAULT-DOMAIN-1" } },
    { placement: { ...placement, shape: "VM.Standard2.2" } },
    { placement: { ...placement, shapeConfig: { ocpus: 1, memoryGib: 8 } } },
    { placement: { ...placement, capacityType: "preemptible" } },
    { newestEarlierInstanceOcid: "ocid1.instance.oc1..a" },
    { attempt: 1 },
  ])("differs with %j", (change) => {
    expect(retryToken({ ...parts, ...change })).not.toBe(retryToken(parts));
  });
});
