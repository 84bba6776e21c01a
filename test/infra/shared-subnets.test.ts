import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerraform } from "../has-terraform.ts";
import { Dependencies } from "./dependencies.ts";
import { onlyResourceOf, resourcesOf, synthesize } from "./synthesized.ts";
import { EXISTING_NETWORK } from "./test-settings.ts";

const STACK = synthesize({ network: EXISTING_NETWORK });
const CHECK = "terraform_data.subnets_are_ours";
const GROUP = "oci_core_network_security_group";
const OURS = {
  management_subnet: "ocid1.subnet.oc1..management",
  compute_subnet: "ocid1.subnet.oc1..compute",
};

describe("a cluster in an existing network", () => {
  it("tells by the tags of its security groups which subnets are taken", () => {
    const groups = Object.values(resourcesOf(STACK, GROUP));
    expect(groups).toHaveLength(3);
    for (const group of groups) expect(group["freeform_tags"]).toMatchObject(OURS);
  });

  it("looks for another's before it makes anything that is in the network", () => {
    const dependencies = new Dependencies(STACK);
    const unchecked = dependencies.resources.filter((it) => !dependencies.of(it).has(CHECK));
    const inNetwork = /^oci_core_|oci_file_storage_(mount_target|export)/;
    expect(unchecked.filter((it) => inNetwork.test(it))).toEqual([]);
  });

  it("has no such look with a network of its own", () => {
    expect(Object.keys(resourcesOf(synthesize(), "terraform_data"))).not.toContain(
      "subnets_are_ours",
    );
  });
});

interface Group {
  readonly freeform_tags: Readonly<Record<string, string>> | null;
}

describe.runIf(hasTerraform())("Terraform, with security groups in the VCN", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "citc-subnets-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function terraform(...argv: string[]): { status: number | null; text: string } {
    const words = [`-chdir=${directory}`, ...argv, "-no-color"];
    const { status, stdout, stderr } = spawnSync("terraform", words, {
      encoding: "utf8",
      timeout: 60_000,
      env: { PATH: process.env["PATH"], HOME: directory, CHECKPOINT_DISABLE: "1" },
    });
    return { status, text: `${stdout}${stderr}`.replaceAll(/[\s│]+/g, " ") };
  }

  /** The part that needs no provider of OCI, with what OCI would list in place of the data source. */
  function deploy(groups: readonly Group[], verb: "plan" | "apply"): ReturnType<typeof terraform> {
    const check = JSON.stringify(onlyResourceOf(STACK, "terraform_data", "subnets_are_ours"));
    const listed = "data.oci_core_network_security_groups.security_groups";
    expect(check).toContain(listed);
    const resource = {
      terraform_data: {
        cluster_uuid: onlyResourceOf(STACK, "terraform_data", "cluster_uuid"),
        subnets_are_ours: JSON.parse(check.replaceAll(listed, "local.listed")) as unknown,
      },
    };
    const part = {
      locals: { listed: { network_security_groups: groups } },
      resource,
      output: { id: { value: "lab-${substr(terraform_data.cluster_uuid.id, 0, 8)}" } },
    };
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify(part));
    expect(terraform("init").text).toContain("successfully initialized");
    return terraform(verb, ...(verb === "apply" ? ["-auto-approve"] : []));
  }

  function groupOf(cluster: string, subnets: Partial<typeof OURS> = OURS): Group {
    return { freeform_tags: { cluster, ...subnets } };
  }

  it.each([
    ["both subnets", OURS],
    ["the compute subnet", { compute_subnet: OURS.compute_subnet }],
    ["the compute subnet as that of management", { management_subnet: OURS.compute_subnet }],
  ])("refuses in the plan when another cluster has %s", (_what, subnets) => {
    const { status, text } = deploy([groupOf("mouse-1a2b3c4d", subnets)], "plan");
    expect(text).toContain("A subnet of cluster.yaml is in use by another cluster");
    expect(status).toBe(1);
  });

  it("refuses another cluster of the same name before anything is made in the network", () => {
    const { status, text } = deploy([groupOf("lab-1a2b3c4d")], "apply");
    expect(text).toContain("A subnet of cluster.yaml is in use by another cluster");
    expect(status).toBe(1);
    expect(terraform("state", "list").text.trim()).toBe("terraform_data.cluster_uuid");
  });

  it("passes over others, and over its own when it is deployed again", () => {
    const others = [
      groupOf("mouse-1a2b3c4d", { compute_subnet: "ocid1.subnet.oc1..other" }),
      groupOf("mouse-1a2b3c4d", {}),
      { freeform_tags: null },
    ];
    const first = deploy(others, "apply");
    expect(first.status, first.text).toBe(0);
    const id = /\bid = "(lab-[0-9a-f]{8})"/.exec(first.text)?.[1] ?? "";
    const again = deploy([...others, groupOf(id)], "apply");
    expect(again.status, again.text).toBe(0);
  });

  it("destroys also when somebody else has come in the meantime", () => {
    expect(deploy([], "apply").status).toBe(0);
    expect(deploy([groupOf("mouse-1a2b3c4d")], "plan").status).toBe(1);
    const { status, text } = terraform("destroy", "-auto-approve");
    expect(status, text).toBe(0);
  });
});
