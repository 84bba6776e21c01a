import type { Reader } from "../../nodectl/domain/setting-readers.ts";
import {
  choice,
  defaulted,
  ocid,
  optional,
  region,
  required,
  text,
  wholeNumber,
  type Setting,
} from "../../nodectl/domain/setting-readers.ts";
import { readEach, readItems } from "../../nodectl/domain/fields.ts";
import { parseCidr, readCidr } from "./cidr.ts";
import type { Cidr } from "./cidr.ts";
import { readRef, readRepository } from "./repository.ts";
import { readShape } from "./shape.ts";
import { readSshPublicKey } from "./ssh-public-key.ts";

/** Every key of cluster.yaml, the dots being its sections, in the order of cluster.example.yaml. */
export const SETTINGS = {
  name: required(
    text(/^[a-z][a-z0-9]{0,14}$/, "write 1 to 15 lower-case letters and digits, a letter first"),
    "what the cluster is called",
    "tidy",
  ),
  region: required(region(), "the region of OCI", "uk-london-1"),
  compartment: required(
    ocid("compartment", "tenancy"),
    "the compartment that will hold the cluster",
    "ocid1.compartment.oc1..aaaa",
  ),
  tenancy: optional(ocid("tenancy"), "the tenancy", "ocid1.tenancy.oc1..aaaa"),
  ssh_public_keys: required(
    listOf(readSshPublicKey, 10, "public keys"),
    "the keys of the admin opc",
    "[ssh-ed25519 AAAA... me@laptop]",
  ),
  ssh_cidrs: required(
    listOf(readCidr, 50, "blocks of addresses"),
    "who may log in to the management node",
    "[198.51.100.0/24]",
  ),
  home_region: optional(region(), "where the tenancy was made", "uk-london-1"),
  oci_profile: defaulted(
    text(/^[A-Za-z0-9_][A-Za-z0-9_.@ -]*$/, "write the name of a profile of ~/.oci/config", 100),
    "the profile of ~/.oci/config",
    "DEFAULT",
  ),
  "availability_domains.management": defaulted(availabilityDomain(), "of the management node", 1),
  "availability_domains.file_system": defaulted(availabilityDomain(), "of the file system", 1),
  "management.shape": optional(readShape, "of the management node", "VM.Standard.E4.Flex"),
  "management.ocpus": optional(wholeNumber({ min: 1, max: 256 }), "of a flexible shape", "2"),
  "management.memory_gib": optional(
    wholeNumber({ min: 1, max: 4096 }),
    "of a flexible shape",
    "16",
  ),
  "management.image": optional(ocid("image"), "an image", "ocid1.image.oc1.uk-london-1.aaaa"),
  "network.vcn_cidr": block("all addresses of the cluster", "10.0.0.0/16"),
  "network.management_cidr": block("the subnet of the management node", "10.0.0.0/24"),
  "network.compute_cidr": block("the subnet of the compute nodes", "10.0.16.0/20"),
  "network.vcn": optional(ocid("vcn"), "an existing network", "ocid1.vcn.oc1.uk-london-1.aaaa"),
  "network.management_subnet": optional(
    ocid("subnet"),
    "an existing subnet for the management node",
    "ocid1.subnet.oc1.uk-london-1.aaaa",
  ),
  "network.compute_subnet": optional(
    ocid("subnet"),
    "an existing subnet for the compute nodes",
    "ocid1.subnet.oc1.uk-london-1.bbbb",
  ),
  "ansible.repository": optional(
    readRepository,
    "of the playbooks",
    "https://git.example/lab/citc",
  ),
  "ansible.ref": optional(readRef, "tag or commit of the playbooks", "v1.0"),
  "identity.mode": defaulted(
    choice("create", "existing", "config_file"),
    "how the management node may call OCI",
    "create" as const,
  ),
  "identity.defined_tag.namespace": optional(tagName(), "an existing tag namespace", "hpc"),
  "identity.defined_tag.key": optional(tagName(), "an existing key of it", "cluster"),
  keep_file_system: defaulted(
    choice("true", "false"),
    "whether the file system outlives the cluster",
    "false" as const,
  ),
};

export type Key = keyof typeof SETTINGS;
export type ValueOf<K extends Key> =
  (typeof SETTINGS)[K] extends Setting<infer Value> ? Value : never;

export const KEYS = Object.keys(SETTINGS) as readonly Key[];

/** What an environment variable separates with commas or line ends. */
export const LIST_KEYS: ReadonlySet<string> = new Set<Key>(["ssh_public_keys", "ssh_cidrs"]);

function availabilityDomain(): Reader<number> {
  return wholeNumber({ min: 1, max: 3 });
}

function block(meaning: string, text: string): Setting<Cidr> {
  return { meaning, example: text, absent: { value: parseCidr(text) }, read: readCidr };
}

/** "Managing Tags and Tag Namespaces": at most 100 characters, neither blanks nor dots. */
function tagName(): Reader<string> {
  return text(/^[A-Za-z0-9_-]+$/, "write letters, digits, hyphens and underscores", 100);
}

function listOf<Value>(
  read: Reader<Value>,
  countMax: number,
  what: string,
): Reader<readonly Value[]> {
  const fix = `write a list of 1 to ${countMax} ${what}`;
  return (located, problems) => {
    const items = readItems(located, { countMax, fix }, problems);
    if (items?.length === 0) return problems.report(located, "the list is empty", fix);
    return items && readEach(items, (item) => read(item, problems));
  };
}
