import { describe, expect, it } from "vitest";
import { completeArguments } from "../../../infra/destroy/sweep-arguments.ts";

const PLACE = {
  name: "lab",
  region: "eu-frankfurt-1",
  compartmentOcid: "ocid1.compartment.oc1..lab",
  ociProfile: "LAB",
};
const REGION = ["--region", "eu-frankfurt-1"];
const COMPARTMENT = ["--compartment", "ocid1.compartment.oc1..lab"];
const PROFILE = ["--profile", "LAB"];

describe("completeArguments()", () => {
  it.each([
    ["--cluster lab-1a2b3c4d", [...REGION, ...COMPARTMENT, ...PROFILE]],
    ["--dry-run --cluster=lab-1a2b3c4d", [...REGION, ...COMPARTMENT, ...PROFILE]],
    ["--cluster lab-1a2b3c4d --region us-ashburn-1", [...COMPARTMENT, ...PROFILE]],
    ["--cluster lab-1a2b3c4d --region=a-b-1 --compartment x --profile MINE", []],
  ])("adds to `%s` what is not there", (words, options) => {
    expect(completeArguments(words.split(" "), PLACE)).toEqual({ kind: "added", options });
  });

  it.each(["", "--dry-run", "--cluster"])(
    "leaves it to the sweep to ask for an id: `%s`",
    (words) => {
      const argv = words.split(" ").filter((word) => word !== "");
      expect(completeArguments(argv, PLACE)).toEqual({ kind: "added", options: [] });
    },
  );

  it.each(["mouse-1a2b3c4d", "lab", "lab2-1a2b3c4d"])(
    "knows nothing of another cluster, which would be looked for in the wrong place: %s",
    (clusterId) => {
      expect(completeArguments(["--cluster", clusterId], PLACE)).toEqual({
        kind: "other-cluster",
        clusterId,
      });
    },
  );
});
