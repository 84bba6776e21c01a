import { describe, expect, it } from "vitest";
import { retryToken, type RetryTokenParts } from "../../../nodectl/domain/retry-token.ts";

const parts: RetryTokenParts = {
  clusterId: "mouse",
  nodeName: "vm-1",
  availabilityDomain: "Uocm:PHX-AD-1",
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
    { availabilityDomain: "Uocm:PHX-AD-2" },
    { newestEarlierInstanceOcid: "ocid1.instance.oc1..a" },
    { attempt: 1 },
  ])("differs with %j", (change) => {
    expect(retryToken({ ...parts, ...change })).not.toBe(retryToken(parts));
  });
});
