import { describe, expect, it } from "vitest";
import { planDestroy } from "../../../infra/destroy/targets.ts";

const IN_STATE = [
  "data.oci_core_services.oci_services",
  "oci_core_vcn.vcn",
  "oci_file_storage_file_system.shared_file_system",
  "terraform_data.cluster",
];
const KEPT = ["oci_file_storage_file_system.shared_file_system", "terraform_data.cluster"];

describe("planDestroy()", () => {
  it("leaves everything to Terraform when nothing is kept", () => {
    expect(planDestroy(IN_STATE, [])).toEqual({ kind: "everything" });
  });

  it("names everything but data sources and what is kept", () => {
    expect(planDestroy(IN_STATE, KEPT)).toEqual({ kind: "only", targets: ["oci_core_vcn.vcn"] });
  });

  it("sees that nothing is left, as no target means everything to Terraform", () => {
    expect(planDestroy(KEPT, KEPT)).toEqual({ kind: "nothing-left" });
    expect(planDestroy([], KEPT)).toEqual({ kind: "nothing-left" });
  });
});
