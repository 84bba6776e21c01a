import { describe, expect, it } from "vitest";
import { synthesize } from "./synthesized.ts";

function postconditions(management: number, fileSystem: number): string[] {
  const stack = synthesize({ availabilityDomains: { management, fileSystem } });
  const { lifecycle } =
    stack.data?.["oci_identity_availability_domains"]?.["availability_domains"] ?? {};
  const { postcondition } = lifecycle as { postcondition: { error_message: string }[] };
  return postcondition.map(({ error_message }) => error_message.replace(/, and .*/, ""));
}

describe("the availability domains", () => {
  it("are asked of the region, each that the settings name once", () => {
    expect(postconditions(1, 3)).toEqual([
      "cluster.yaml asks for availability domain 1",
      "cluster.yaml asks for availability domain 3",
    ]);
    expect(postconditions(2, 2)).toEqual(["cluster.yaml asks for availability domain 2"]);
  });
});
