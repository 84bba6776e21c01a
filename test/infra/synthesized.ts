import { join } from "node:path";
import { App, Testing } from "cdktf";
import { ClusterStack, type ClusterStackOptions } from "../../infra/cluster-stack.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { renderUserData } from "../../infra/user-data.ts";

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;
type ByTypeAndName = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** What Terraform is given: https://developer.hashicorp.com/terraform/language/syntax/json */
export interface SynthesizedStack {
  readonly resource?: ByTypeAndName;
  readonly data?: ByTypeAndName;
  readonly provider?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly output?: Readonly<Record<string, JsonObject>>;
  readonly locals?: JsonObject;
}

export const TEST_SETTINGS: ClusterSettings = {
  name: "lab",
  region: "eu-frankfurt-1",
  homeRegion: "eu-frankfurt-1",
  tenancyOcid: "ocid1.tenancy.oc1..tenancy",
  compartmentOcid: "ocid1.compartment.oc1..compartment",
  ociProfile: "DEFAULT",
  availabilityDomains: { management: 1, fileSystem: 2 },
  management: {
    shape: "VM.Standard.E4.Flex",
    size: { ocpus: 1, memoryGib: 16 },
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
    sshPublicKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExample admin"],
  },
  ansible: { repository: "https://git.example.org/citc-oci.git", ref: "v1.0.0" },
  identity: { mode: "create", definedTag: undefined },
  keepFileSystem: false,
};

const TEST_ARCHIVE: ClusterStackOptions["archive"] = {
  architecture: "x64",
  archive: "/nowhere/dist/nodectl-linux-x64.tar.gz",
  inputsFile: "/nowhere/dist/nodectl-linux-x64.tar.gz.inputs",
  inputs: "0123",
};

/** For `network`, in place of the new VCN of TEST_SETTINGS. */
export const EXISTING_NETWORK: ClusterSettings["network"] = {
  kind: "existing",
  vcnOcid: "ocid1.vcn.oc1..vcn",
  managementSubnetOcid: "ocid1.subnet.oc1..management",
  computeSubnetOcid: "ocid1.subnet.oc1..compute",
};

/** The stack of these settings, the others being TEST_SETTINGS, as Terraform reads it. Nothing is written. */
export function synthesize(settings: Partial<ClusterSettings> = {}): SynthesizedStack {
  const stack = new ClusterStack(new App({ stackTraces: false }), {
    settings: { ...TEST_SETTINGS, ...settings },
    stateFile: "/nowhere/lab.tfstate",
    archive: TEST_ARCHIVE,
    userData: renderUserData(join(import.meta.dirname, "../../userdata"), "management.yaml"),
  });
  return JSON.parse(Testing.synth(stack)) as SynthesizedStack;
}

/** All resources of a type, by their names in the stack. */
export function resourcesOf(stack: SynthesizedStack, type: string): Record<string, JsonObject> {
  return { ...stack.resource?.[type] };
}

/** The one resource of a type: fails when there are none or several. */
export function onlyResourceOf(stack: SynthesizedStack, type: string): JsonObject {
  const [first, ...others] = Object.values(resourcesOf(stack, type));
  if (first === undefined || others.length > 0)
    throw new Error(`${others.length + (first === undefined ? 0 : 1)} resources of ${type}, not 1`);
  return first;
}

/** An attribute that must be a text. */
export function textOf(resource: JsonObject | undefined, attribute: string): string {
  const value = resource?.[attribute];
  if (typeof value !== "string")
    throw new Error(`${attribute} is ${JSON.stringify(value)}, no text`);
  return value;
}
