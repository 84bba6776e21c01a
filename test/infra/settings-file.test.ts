import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../infra/settings-file.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { CHECKOUT, COMMIT, EXISTING, MINIMAL, PUBLIC_KEY, valid } from "./settings-fixture.ts";

describe("parseSettings()", () => {
  it("fills in the defaults", () => {
    expect(valid(MINIMAL)).toEqual({
      settings: {
        name: "tidy",
        region: "uk-london-1",
        homeRegion: "uk-london-1",
        tenancyOcid: "ocid1.tenancy.oc1..tttt",
        compartmentOcid: "ocid1.compartment.oc1..aaaa",
        ociProfile: "DEFAULT",
        availabilityDomains: { management: 1, fileSystem: 1 },
        management: {
          shape: "VM.Standard.E4.Flex",
          size: { ocpus: 2, memoryGib: 16 },
          imageOcid: undefined,
        },
        network: {
          kind: "new",
          vcnCidr: "10.0.0.0/16",
          managementCidr: "10.0.0.0/24",
          computeCidr: "10.0.16.0/20",
        },
        access: { sshCidrs: ["198.51.100.0/24"], sshPublicKeys: [PUBLIC_KEY] },
        ansible: { repository: "https://git.example/lab/citc.git", ref: COMMIT },
        identity: { mode: "create", definedTag: undefined },
        keepFileSystem: false,
      } satisfies ClusterSettings,
      warnings: [],
    });
  });

  it("reads every key", () => {
    const text = `${MINIMAL}home_region: us-ashburn-1
oci_profile: LAB
availability_domains: { management: 2, file_system: 3 }
management:
  shape: VM.Standard2.4
  image: ocid1.image.oc1.uk-london-1.iiii
${EXISTING}ansible: { repository: "https://other.example/x", ref: v2.0 }
identity: { mode: create, defined_tag: { namespace: hpc, key: cluster } }
keep_file_system: true
`;
    expect(valid(text).settings).toMatchObject({
      homeRegion: "us-ashburn-1",
      ociProfile: "LAB",
      availabilityDomains: { management: 2, fileSystem: 3 },
      management: {
        shape: "VM.Standard2.4",
        size: undefined,
        imageOcid: "ocid1.image.oc1.uk-london-1.iiii",
      },
      network: {
        kind: "existing",
        vcnOcid: "ocid1.vcn.oc1.uk-london-1.vvvv",
        managementSubnetOcid: "ocid1.subnet.oc1.uk-london-1.mmmm",
        computeSubnetOcid: "ocid1.subnet.oc1.uk-london-1.cccc",
      },
      ansible: { repository: "https://other.example/x", ref: "v2.0" },
      identity: { mode: "create", definedTag: { namespace: "hpc", key: "cluster" } },
      keepFileSystem: true,
    });
  });

  it.each(["existing", "config_file"])("needs no tenancy with identity: mode: %s", (mode) => {
    const text = `${MINIMAL.replace(/tenancy: .*\n/, "")}identity: { mode: ${mode} }\n`;
    expect(valid(text).settings).toMatchObject({ tenancyOcid: undefined, identity: { mode } });
  });

  it("takes a section whose keys are all commented out for an absent one", () => {
    const text = `${MINIMAL}network:\n  #vcn_cidr: 10.0.0.0/8\nmanagement:\n`;
    expect(valid(text)).toEqual(valid(MINIMAL));
  });

  it("takes sizes without a shape for those of the default shape", () => {
    expect(valid(`${MINIMAL}management: { ocpus: 8 }\n`).settings.management).toEqual({
      shape: "VM.Standard.E4.Flex",
      size: { ocpus: 8, memoryGib: 16 },
      imageOcid: undefined,
    });
  });
});

describe("readSettings()", () => {
  it("reads a file, and says when there is none", async () => {
    const directory = await mkdtemp(join(tmpdir(), "settings-"));
    try {
      const file = join(directory, "cluster.yaml");
      const surroundings = { environment: {}, checkout: CHECKOUT };
      expect(await readSettings(file, surroundings)).toMatchObject({
        kind: "invalid",
        problems: [{ file, message: "there is no such file" }],
      });
      await writeFile(file, MINIMAL);
      expect(await readSettings(file, surroundings)).toMatchObject({
        kind: "valid",
        value: { settings: { name: "tidy" } },
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
