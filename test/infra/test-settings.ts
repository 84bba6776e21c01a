import type { ClusterSettings } from "../../infra/settings.ts";

export const COMPARTMENT = "ocid1.compartment.oc1..lab";
export const TENANCY = "ocid1.tenancy.oc1..lab";

/** For `network`, in place of a new one. */
export const EXISTING_NETWORK: ClusterSettings["network"] = {
  kind: "existing",
  vcnOcid: "ocid1.vcn.oc1..vcn",
  managementSubnetOcid: "ocid1.subnet.oc1..management",
  computeSubnetOcid: "ocid1.subnet.oc1..compute",
};

/** What changes which resources there are. */
export const VARIANTS: readonly (readonly [what: string, changes: Partial<ClusterSettings>])[] = [
  ["a new network", {}],
  ["an existing network", { network: EXISTING_NETWORK }],
  ["a file system that is kept", { keepFileSystem: true }],
  ["another home region", { homeRegion: "us-ashburn-1" }],
  ["existing identity", { identity: { mode: "existing" } }],
  ["a configuration file", { identity: { mode: "config_file" } }],
  [
    "a defined tag",
    { identity: { mode: "create", definedTag: { namespace: "HPC", key: "cluster" } } },
  ],
];

/** A small cluster; a test says what it is about. */
export function someSettings(changes: Partial<ClusterSettings> = {}): ClusterSettings {
  return {
    name: "lab",
    region: "eu-frankfurt-1",
    homeRegion: "eu-frankfurt-1",
    tenancyOcid: TENANCY,
    compartmentOcid: COMPARTMENT,
    ociProfile: "DEFAULT",
    availabilityDomains: { management: 1, fileSystem: 2 },
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
    access: {
      sshCidrs: ["192.0.2.0/24", "198.51.100.7/32"],
      sshPublicKeys: [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfAda ada",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfBob bob",
      ],
    },
    ansible: { repository: "https://git.example.org/citc.git", ref: "v1.2.3" },
    identity: { mode: "create", definedTag: undefined },
    keepFileSystem: false,
    ...changes,
  };
}
