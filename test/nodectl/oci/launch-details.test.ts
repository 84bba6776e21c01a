import { describe, expect, it } from "vitest";
import type { Placement } from "../../../nodectl/domain/placement.ts";
import { launchDetails, type LaunchSettings } from "../../../nodectl/oci/launch-details.ts";

const settings: LaunchSettings = {
  compartmentOcid: "ocid1.compartment.oc1..a",
  subnetOcid: "ocid1.subnet.oc1.phx.a",
  clusterId: "mouse",
  nsgOcids: [],
  imageOcid: "ocid1.image.oc1.phx.a",
  metadata: {},
};
const plain: Placement = {
  shape: "VM.Standard2.1",
  availabilityDomain: "Uocm:PHX-AD-2",
  capacityType: "on-demand",
};

function detailsFor(placement: Placement): ReturnType<typeof launchDetails> {
  // What nodes.json says is the placement's to carry out, alternatives included.
  const specification = { shape: "VM.Other", availabilityDomains: ["Uocm:PHX-AD-1"] };
  return launchDetails(settings, { nodeName: "n-1", specification, placement, retryToken: "t" });
}

describe("launchDetails()", () => {
  it("asks for the placement's shape and availability domain, and leaves the fault domain to OCI", () => {
    const details = detailsFor(plain);
    expect(details).toMatchObject({ shape: "VM.Standard2.1", availabilityDomain: "Uocm:PHX-AD-2" });
    expect(Object.keys(details)).not.toContain("faultDomain");
    expect(Object.keys(details)).not.toContain("shapeConfig");
    expect(Object.keys(details)).not.toContain("preemptibleInstanceConfig");
  });

  it("has the defined tag of the settings, and none without one", () => {
    const definedTags = { HPC: { cluster: "mouse" } };
    const request = {
      nodeName: "n-1",
      specification: { shape: "VM.Standard2.1", availabilityDomains: ["Uocm:PHX-AD-2"] },
      placement: plain,
      retryToken: "t",
    };
    expect(launchDetails({ ...settings, definedTags }, request)).toMatchObject({ definedTags });
    expect(Object.keys(detailsFor(plain))).not.toContain("definedTags");
  });

  it("names a fault domain, sizes, and that the instance may be taken back without its volume", () => {
    const shapeConfig = { ocpus: 2, memoryGib: 16 };
    const details = detailsFor({
      ...plain,
      shapeConfig,
      faultDomain: "FAULT-DOMAIN-2",
      capacityType: "preemptible",
    });
    expect(details).toMatchObject({
      faultDomain: "FAULT-DOMAIN-2",
      shapeConfig: { ocpus: 2, memoryInGBs: 16 },
      preemptibleInstanceConfig: {
        preemptionAction: { type: "TERMINATE", preserveBootVolume: false },
      },
    });
  });
});
