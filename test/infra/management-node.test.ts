import { DataResource } from "cdktf";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createManagementNode, type ManagementParts } from "../../infra/management-node.ts";
import { createOutputs } from "../../infra/outputs.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { renderUserData } from "../../infra/user-data.ts";
import { parseConfig } from "../../nodectl/cli/config.ts";
import { onlyResourceOf, synthesizePart, type SynthesizedStack } from "./synthesized.ts";
import { someSettings } from "./test-settings.ts";
import { secretsIn } from "./secrets.ts";

const USER_DATA = renderUserData(join(import.meta.dirname, "../../userdata"), "management.yaml");

const PARTS: Omit<ManagementParts, "dependsOn"> = {
  availabilityDomain: "Uocm:FRA-AD-1",
  adRoot: "Uocm:FRA-AD-",
  network: {
    vcnOcid: "ocid1.vcn.oc1.eu-frankfurt-1.v",
    managementSubnetOcid: "ocid1.subnet.oc1.eu-frankfurt-1.m",
    computeSubnetOcid: "ocid1.subnet.oc1.eu-frankfurt-1.c",
    managementCidr: "10.0.0.0/24",
    computeCidr: "10.0.16.0/20",
    managementDomain: "management.lab.oraclevcn.com",
    computeDomain: "compute.lab.oraclevcn.com",
    securityGroups: {
      management: "ocid1.networksecuritygroup.oc1.eu-frankfurt-1.m",
      compute: "ocid1.networksecuritygroup.oc1.eu-frankfurt-1.c",
      fileServer: "ocid1.networksecuritygroup.oc1.eu-frankfurt-1.f",
    },
  },
  fileSystem: { hostName: "fileserver.compute.lab.oraclevcn.com", exportPath: "/shared" },
  archive: { url: "https://objectstorage.example/p/x/o/nodectl", sha256: "12ab" },
  userData: USER_DATA,
};

function synthesizeNode(changes: Partial<ClusterSettings> = {}): SynthesizedStack {
  return synthesizePart((scope, cluster) => {
    const earlier = new DataResource(scope, "earlier");
    const node = createManagementNode(scope, cluster, { ...PARTS, dependsOn: [earlier] });
    createOutputs(scope, node);
  }, changes);
}

function instanceOf(of: SynthesizedStack): Readonly<Record<string, unknown>> {
  return onlyResourceOf(of, "oci_core_instance", "management");
}

function metadataOf(of: SynthesizedStack): Readonly<Record<string, string>> {
  return instanceOf(of)["metadata"] as Record<string, string>;
}

describe("the management node", () => {
  const all = synthesizeNode();
  const instance = instanceOf(all);

  it("has a public address from its launch, the name mgmt, and the role's security group", () => {
    expect(instance["create_vnic_details"]).toEqual([
      {
        subnet_id: PARTS.network.managementSubnetOcid,
        assign_public_ip: "true",
        hostname_label: "mgmt",
        nsg_ids: [PARTS.network.securityGroups.management],
      },
    ]);
  });

  it("is tagged as this cluster's, and not as a compute node, which the sweep would terminate", () => {
    expect(instance["freeform_tags"]).toEqual({
      cluster: expect.stringMatching(/^lab-/) as string,
      type: "management",
    });
  });

  it("answers no old requests for metadata, and leaves no disk behind", () => {
    expect(instance["instance_options"]).toEqual([{ are_legacy_imds_endpoints_disabled: true }]);
    expect(instance["preserve_boot_volume"]).toBe(false);
  });

  it("is not replaced by a new release of the image, changed user data or another availability domain", () => {
    expect(instance["lifecycle"]).toEqual({
      ignore_changes: ["source_details", "metadata", "availability_domain"],
    });
  });

  it("waits for what it needs", () => {
    expect(instance["depends_on"]).toEqual(["terraform_data.earlier"]);
  });

  it("has the newest Ubuntu 24.04 that its shape takes", () => {
    expect(all.data?.["oci_core_images"]?.["ubuntu"]).toMatchObject({
      operating_system: "Canonical Ubuntu",
      operating_system_version: "24.04",
      shape: "VM.Standard.E4.Flex",
      sort_by: "TIMECREATED",
      sort_order: "DESC",
    });
    expect(instance["source_details"]).toEqual([
      { source_type: "image", source_id: "${data.oci_core_images.ubuntu.images[0].id}" },
    ]);
    expect(instance["shape_config"]).toEqual([{ ocpus: 2, memory_in_gbs: 16 }]);
  });

  it("has the image and the fixed shape of the settings, and then asks for no list", () => {
    const management = {
      shape: "VM.Standard2.2",
      size: undefined,
      imageOcid: "ocid1.image.oc1..mine",
    };
    const chosen = synthesizeNode({ management });
    expect(instanceOf(chosen)["source_details"]).toMatchObject([
      { source_id: "ocid1.image.oc1..mine" },
    ]);
    expect(instanceOf(chosen)).not.toHaveProperty("shape_config");
    expect(chosen.data).toBeUndefined();
  });
});

describe("its metadata", () => {
  it("has the keys of the admin, one a line", () => {
    const { sshPublicKeys } = someSettings().access;
    expect(metadataOf(synthesizeNode())["ssh_authorized_keys"]?.split("\n")).toEqual(sshPublicKeys);
  });

  it("has the user data as it is in the repository", () => {
    const packed = metadataOf(synthesizeNode())["user_data"] ?? "";
    expect(Buffer.from(packed, "base64").toString("utf8")).toBe(USER_DATA);
  });

  it.each([
    ["create", "instance_principals"],
    ["existing", "instance_principals"],
    ["config_file", "config_file"],
  ] as const)("makes with identity %s a startnode.yaml that nodectl takes", (mode, auth) => {
    const identity = mode === "create" ? { mode, definedTag: undefined } : { mode };
    const management = { ...someSettings().management, imageOcid: "ocid1.image.oc1..mine" };
    const metadata = metadataOf(synthesizeNode({ identity, management }));
    const text = STARTNODE_KEYS.map((key) => `${key}: ${metadata[key] ?? ""}`)
      // Known once it is deployed.
      .map((line) => line.replace(/\$\{.*\}/, "1a2b3c4d"))
      .concat(mode === "config_file" ? ["oci_config: /home/slurm/.oci/config"] : [])
      .join("\n");
    expect(parseConfig(text, "startnode.yaml")).toMatchObject({
      kind: "valid",
      value: {
        clusterId: "lab-1a2b3c4d",
        auth: { kind: auth },
        networkSecurityGroupOcids: [PARTS.network.securityGroups.compute],
        subnetOcid: PARTS.network.computeSubnetOcid,
        adRoot: "Uocm:FRA-AD-",
      },
    });
  });

  it("tells nodectl of the defined tag that the policy's condition asks for", () => {
    const definedTag = { namespace: "HPC", key: "cluster" };
    const metadata = metadataOf(synthesizeNode({ identity: { mode: "create", definedTag } }));
    expect(metadata["defined_tag"]).toBe("HPC.cluster");
    expect(metadataOf(synthesizeNode())).not.toHaveProperty("defined_tag");
  });

  it("is refused with a sentence when the keys leave no room", () => {
    const sshPublicKeys = Array.from({ length: 50 }, () => `ssh-rsa ${"A".repeat(540)} ada`);
    const access = { ...someSettings().access, sshPublicKeys };
    expect(() => synthesizeNode({ access })).toThrow(
      /^ssh_public_keys: .*OCI takes 32000.*write fewer or shorter keys$/,
    );
  });

  it("holds no secret", () => {
    expect(secretsIn(synthesizeNode())).toEqual([]);
  });
});

/** The part of the metadata that becomes startnode.yaml, under the same names. */
const STARTNODE_KEYS = [
  ...["region", "compartment_id", "vcn_id", "subnet_id", "nsg_ids", "ad_root", "cluster_id"],
  ...["ansible_repo", "ansible_branch", "mgmt_image_id", "auth"],
];

describe("the outputs", () => {
  const { output } = synthesizeNode();
  const address = "${oci_core_instance.management.public_ip}";

  it("tell where the cluster is and how to get there", () => {
    expect(output?.["management_ip"]?.value).toBe(address);
    expect(output?.["ssh_command"]?.value).toBe(`ssh opc@${address}`);
  });

  it("tell what to type next, in order", () => {
    expect(output?.["next_steps"]?.value).toEqual([
      expect.stringContaining("sudo tail -F /root/ansible-pull.log"),
      expect.stringContaining("finish"),
    ]);
  });
});
