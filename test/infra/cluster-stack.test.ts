import { describe, expect, it } from "vitest";
import { Dependencies } from "./dependencies.ts";
import { secretsIn } from "./secrets.ts";
import { synthesize } from "./synthesized.ts";
import { VARIANTS } from "./test-settings.ts";

const MANAGEMENT = "oci_core_instance.management";
const SWEEP = "terraform_data.sweep";

/** What compute nodes do not use: it may go at any time. */
const NOT_OF_NODES =
  /^(oci_identity_|oci_objectstorage_|terraform_data\.archive$|oci_core_subnet\.management_subnet$)/;

describe.each(VARIANTS)("the stack with %s", (_what, changes) => {
  const stack = synthesize(changes);
  const dependencies = new Dependencies(stack);

  it("asks for a Terraform that has terraform_data", () => {
    expect(stack.terraform).toMatchObject({ required_version: ">= 1.4" });
  });

  it("has an order in which Terraform can destroy it", () => {
    const circular = dependencies.resources.filter((it) => dependencies.of(it).has(it));
    expect(circular).toEqual([]);
  });

  it("destroys the management node before the sweep, and nothing else must wait for it but identity", () => {
    expect(dependencies.of(MANAGEMENT)).toContain(SWEEP);
    const after = dependencies.resources.filter((it) => dependencies.of(it).has(SWEEP));
    expect(after.filter((it) => it !== MANAGEMENT && !it.startsWith("oci_identity_"))).toEqual([]);
  });

  it("sweeps before anything goes that compute nodes use", () => {
    const after = dependencies.of(SWEEP);
    const before = dependencies.resources.filter((it) => !after.has(it));
    const unexpected = before.filter((it) => !NOT_OF_NODES.test(it));
    expect(unexpected.sort()).toEqual([MANAGEMENT, SWEEP]);
  });

  it("holds no secret", () => {
    expect(secretsIn(stack)).toEqual([]);
  });
});
