import { describe, expect, it } from "vitest";
import { imageUses, judgeImages } from "../../../../nodectl/domain/doctor/images.ts";
import type { NodeGroup } from "../../../../nodectl/domain/launch-specification.ts";

const X86 = "ocid1.image.oc1.phx.aaaax86";
const ARM = "ocid1.image.oc1.phx.aaaarm1";
const availabilityDomains = ["Uocm:PHX-AD-1"];

function group(names: string, shape: string, more: Partial<NodeGroup["specification"]> = {}) {
  return { names, specification: { shape, availabilityDomains, ...more } };
}

const GROUPS: readonly NodeGroup[] = [
  group("a-ad1-[0001-0009]", "VM.Standard2.1"),
  group("a-ad2-[0001-0009]", "VM.Standard2.1"),
  group("b-[0001-0002]", "VM.Standard.A1.Flex", {
    imageOcid: ARM,
    alternatives: [{ shape: "VM.Standard.A2.Flex", availabilityDomains }],
  }),
];

describe("imageUses()", () => {
  it("names each pair of image and shape once, alternatives included", () => {
    expect(imageUses(GROUPS, X86)).toEqual([
      { imageOcid: X86, shape: "VM.Standard2.1", names: "a-ad1-[0001-0009]" },
      { imageOcid: ARM, shape: "VM.Standard.A1.Flex", names: "b-[0001-0002]" },
      { imageOcid: ARM, shape: "VM.Standard.A2.Flex", names: "b-[0001-0002]" },
    ]);
  });
});

describe("judgeImages()", () => {
  const uses = imageUses(GROUPS, X86);
  const arm = new Set(["VM.Standard.A1.Flex", "VM.Standard.A2.Flex"]);

  it("is content when each image runs on all of its shapes", () => {
    const images = new Map([
      [X86, new Set(["VM.Standard2.1"])],
      [ARM, arm],
    ]);
    expect(judgeImages(uses, images)).toEqual([
      { kind: "ok", seen: "2 images fit all shapes of nodes.json" },
    ]);
  });

  it("finds an image that does not run on a shape, and one that OCI does not know", () => {
    const images = new Map([
      [X86, undefined],
      [ARM, new Set(["VM.Standard.A1.Flex"])],
    ]);
    expect(judgeImages(uses, images)).toMatchObject([
      {
        kind: "wrong",
        seen: "OCI knows no image …aaax86, or does not let us see it (a-ad1-[0001-0009])",
      },
      {
        kind: "wrong",
        seen: "image …aaarm1 does not run on VM.Standard.A2.Flex (b-[0001-0002])",
        fix: expect.stringContaining(
          "oci compute image list --shape VM.Standard.A2.Flex",
        ) as string,
      },
    ]);
  });
});
