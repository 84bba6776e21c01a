import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { checkLaunch } from "./check-launch.ts";
import { launchBody, testRegion } from "./test-bench.ts";

const region = testRegion();
const subnetId = region.subnets[0]?.ocid;
const arm = region.images.find((image) => image.architecture === "aarch64")?.ocid;

function errorOf(body: unknown): ApiError {
  try {
    checkLaunch(body, region);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the body was accepted");
}

describe("checkLaunch() refuses", () => {
  const vnic = (changes: object) => ({ createVnicDetails: { subnetId, ...changes } });
  it.each<[string, object, number, string, RegExp]>([
    ["no compartment", { compartmentId: undefined }, 400, "MissingParameter", /compartmentId/],
    [
      "another compartment",
      { compartmentId: "ocid1.compartment.oc1..x" },
      404,
      "NotAuthorizedOrNotFound",
      /^Authorization failed or requested resource not found\.$/,
    ],
    [
      "no availability domain",
      { availabilityDomain: undefined },
      400,
      "MissingParameter",
      /availabilityDomain/,
    ],
    [
      "an availability domain of others",
      { availabilityDomain: "XXXX:PHX-AD-1" },
      400,
      "InvalidParameter",
      /XXXX:PHX-AD-1/,
    ],
    ["no shape", { shape: undefined }, 400, "MissingParameter", /shape/],
    [
      "an unknown shape",
      { shape: "VM.Nope.1" },
      404,
      "NotAuthorizedOrNotFound",
      /^shape VM\.Nope\.1 not found$/,
    ],
    [
      "a shape that this availability domain lacks",
      {
        shape: "BM.HPC2.36",
        shapeConfig: undefined,
        availabilityDomain: region.availabilityDomains[2],
      },
      404,
      "NotAuthorizedOrNotFound",
      /BM\.HPC2\.36/,
    ],
    [
      "a flexible shape without a size",
      { shapeConfig: undefined },
      400,
      "InvalidParameter",
      /^Invalid ShapeConfig: null \(Cannot launch flexible instance without ShapeConfig\)$/,
    ],
    [
      "a size for a fixed shape",
      { shape: "VM.Standard2.1", shapeConfig: {} },
      400,
      "InvalidParameter",
      /not flexible/,
    ],
    ["an empty size", { shapeConfig: {} }, 400, "InvalidParameter", /ocpus/],
    [
      "half an OCPU",
      { shapeConfig: { ocpus: 0.5 } },
      400,
      "InvalidParameter",
      /0\.5\. Valid range: 1 - 64/,
    ],
    [
      "too many OCPUs",
      { shapeConfig: { ocpus: 65 } },
      400,
      "InvalidParameter",
      /65\. Valid range: 1 - 64/,
    ],
    [
      "too much memory",
      { shapeConfig: { ocpus: 64, memoryInGBs: 1025 } },
      400,
      "InvalidParameter",
      /1025/,
    ],
    [
      "too little memory for its OCPUs",
      { shapeConfig: { ocpus: 2, memoryInGBs: 1 } },
      400,
      "InvalidParameter",
      /^Invalid ratio of memory in GB to OCPUs\. Current ratio: 0\.5\. Valid ratio range: 1 - 64$/,
    ],
    [
      "too much memory for its OCPUs",
      { shapeConfig: { ocpus: 1, memoryInGBs: 65 } },
      400,
      "InvalidParameter",
      /ratio: 65/,
    ],
    [
      "OCPUs as text",
      { shapeConfig: { ocpus: "2" } },
      400,
      "CannotParseRequest",
      /shapeConfig\.ocpus/,
    ],
    ["no image", { sourceDetails: undefined }, 400, "MissingParameter", /imageId/],
    [
      "an unknown image",
      { sourceDetails: { sourceType: "image", imageId: "ocid1.image.x" } },
      404,
      "NotAuthorizedOrNotFound",
      /^image ocid1\.image\.x not found$/,
    ],
    [
      "an Arm image on an x86 shape",
      { sourceDetails: { sourceType: "image", imageId: arm } },
      400,
      "InvalidParameter",
      /^Shape VM\.Standard\.E4\.Flex is not valid for image /,
    ],
    [
      "a boot volume that is too small",
      {
        sourceDetails: {
          sourceType: "image",
          imageId: region.images[0]?.ocid,
          bootVolumeSizeInGBs: 49,
        },
      },
      400,
      "InvalidParameter",
      /49/,
    ],
    ["no subnet", { createVnicDetails: {} }, 400, "MissingParameter", /subnetId/],
    [
      "an unknown subnet",
      { createVnicDetails: { subnetId: "ocid1.subnet.x" } },
      400,
      "RelatedResourceNotAuthorizedOrNotFound",
      /ocid1\.subnet\.x/,
    ],
    [
      "a public address where none is allowed",
      vnic({ assignPublicIp: true }),
      400,
      "InvalidParameter",
      /assignPublicIp/,
    ],
    ["a label with a dot", vnic({ hostnameLabel: "a.b" }), 400, "InvalidParameter", /a\.b/],
    ["a label that ends in a hyphen", vnic({ hostnameLabel: "a-" }), 400, "InvalidParameter", /a-/],
    ["a label of digits", vnic({ hostnameLabel: "123" }), 400, "InvalidParameter", /123/],
    [
      "a label of 64 characters",
      vnic({ hostnameLabel: "a".repeat(64) }),
      400,
      "InvalidParameter",
      /aaaa/,
    ],
    [
      "a label without a DNS record",
      vnic({ hostnameLabel: "a", assignPrivateDnsRecord: false }),
      400,
      "InvalidParameter",
      /^Hostname a is provided when AssignPrivateDnsRecord is false$/,
    ],
    [
      "six security groups",
      vnic({ nsgIds: Array.from({ length: 6 }, () => region.networkSecurityGroupOcids[0]) }),
      400,
      "InvalidParameter",
      /nsgIds/,
    ],
    [
      "an unknown security group",
      vnic({ nsgIds: ["ocid1.nsg.x"] }),
      400,
      "RelatedResourceNotAuthorizedOrNotFound",
      /ocid1\.nsg\.x/,
    ],
    [
      "32,001 bytes of metadata",
      { metadata: { a: "x".repeat(32_001 - 6) } },
      400,
      "InvalidParameter",
      /32001 bytes.*32000/,
    ],
    [
      "user data that is not base64",
      { metadata: { user_data: "#!/bin/sh" } },
      400,
      "InvalidParameter",
      /base64/,
    ],
    ["metadata that is not text", { metadata: { a: 1 } }, 400, "CannotParseRequest", /metadata/],
    [
      "eleven tags",
      { freeformTags: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`k${n}`, "v"])) },
      400,
      "InvalidParameter",
      /freeformTags/,
    ],
    ["a tag key with a period", { freeformTags: { "a.b": "v" } }, 400, "InvalidParameter", /a\.b/],
    ["an empty display name", { displayName: "" }, 400, "InvalidParameter", /displayName/],
    [
      "an unknown fault domain",
      { faultDomain: "FAULT-DOMAIN-9" },
      400,
      "InvalidParameter",
      /FAULT-DOMAIN-9/,
    ],
    ["a field that does not exist", { hostname: "a" }, 400, "InvalidParameter", /"hostname"/],
    [
      "a nested field that does not exist",
      vnic({ subnet: "a" }),
      400,
      "InvalidParameter",
      /"createVnicDetails\.subnet"/,
    ],
  ])("%s", (_what, changes, status, code, message) => {
    const error = errorOf(launchBody(region, changes as Record<string, unknown>));
    expect({ status: error.status, code: error.code }).toEqual({ status, code });
    expect(error.message).toMatch(message);
  });

  it("a body that is no object", () => {
    expect(errorOf([1])).toMatchObject({ status: 400, code: "CannotParseRequest" });
  });
});

describe("checkLaunch() accepts", () => {
  it("exactly 32,000 bytes of metadata", () => {
    const metadata = { a: "x".repeat(32_000 - 6) };
    expect(checkLaunch(launchBody(region, { metadata }), region).metadata).toEqual(metadata);
  });

  it("a flexible shape without memory, with the shape's default", () => {
    const order = checkLaunch(launchBody(region, { shapeConfig: { ocpus: 3 } }), region);
    expect(order).toMatchObject({ ocpus: 3, memoryGib: 48 });
  });

  it("vcpus: two to an OCPU on x86, one on A1", () => {
    const x86 = checkLaunch(launchBody(region, { shapeConfig: { vcpus: 4 } }), region);
    const sourceDetails = { sourceType: "image", imageId: arm };
    const shape = "VM.Standard.A1.Flex";
    const a1 = checkLaunch(
      launchBody(region, { shape, sourceDetails, shapeConfig: { vcpus: 4 } }),
      region,
    );
    expect([x86.ocpus, a1.ocpus]).toEqual([2, 4]);
  });

  it("a fixed shape without a size, with the shape's own", () => {
    const body = launchBody(region, { shape: "VM.Standard2.2", shapeConfig: undefined });
    expect(checkLaunch(body, region)).toMatchObject({ ocpus: 2, memoryGib: 30 });
  });

  it("null for a field that is not given", () => {
    expect(checkLaunch(launchBody(region, { faultDomain: null }), region).faultDomain).toBe(
      undefined,
    );
  });
});
