import { createOcidSource } from "./ocids.ts";
import { SHAPE_CATALOGUE } from "./shape-catalogue.ts";
import type { Architecture, ShapePayload } from "./shape-payload.ts";

/** What exists in the region before the first call: nothing of it can be changed through the API. */
export interface RegionDescription {
  /** e.g. `us-phoenix-1`. */
  readonly name: string;
  /** The part of OCIDs, e.g. `phx`. */
  readonly key: string;
  /** Full names, e.g. `Uocm:PHX-AD-1`: the prefix is the tenancy's, the rest the region's. */
  readonly availabilityDomains: readonly string[];
  /** Every availability domain has the same three. */
  readonly faultDomains: readonly string[];
  readonly tenancyOcid: string;
  /** Besides the tenancy itself, which is the root compartment. */
  readonly compartments: readonly { readonly ocid: string; readonly name: string }[];
  readonly vcn: {
    readonly ocid: string;
    readonly cidr: string;
    readonly dnsLabel: string;
    readonly compartmentOcid: string;
  };
  readonly subnets: readonly SubnetDescription[];
  readonly networkSecurityGroupOcids: readonly string[];
  readonly images: readonly ImageDescription[];
  readonly shapes: readonly OfferedShape[];
  /** Who may sign requests. */
  readonly apiKeys: readonly ApiKey[];
}

export interface SubnetDescription {
  readonly ocid: string;
  readonly name: string;
  readonly cidr: string;
  readonly dnsLabel: string;
  readonly compartmentOcid: string;
  readonly isPublicIpProhibited: boolean;
}

export interface ImageDescription {
  readonly ocid: string;
  readonly name: string;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly architecture: Architecture;
}

export interface OfferedShape {
  readonly payload: ShapePayload;
  readonly availabilityDomains: readonly string[];
}

export interface ApiKey {
  /** `<tenancy OCID>/<user OCID>/<fingerprint>`. */
  readonly keyId: string;
  readonly publicKeyPem: string;
}

export interface RegionOptions {
  /** Makes the OCIDs: two sandboxes with different seeds share none. */
  readonly seed?: string;
  /** e.g. `us-phoenix-1`. */
  readonly name?: string;
  readonly key?: string;
  /** What the names of availability domains begin with, `Uocm:PHX-AD-`. */
  readonly adRoot?: string;
  readonly adCount?: number;
  readonly compartmentNames?: readonly string[];
  readonly vcnCidr?: string;
  /** In the first compartment, which is where everything of the region lives. */
  readonly subnets?: readonly SubnetOption[];
  readonly apiKeys?: readonly ApiKey[];
}

export interface SubnetOption {
  readonly name: string;
  readonly cidr: string;
  readonly isPublicIpProhibited?: boolean;
}

/** Two clusters, each in its own subnet, and somebody else's. */
const DEFAULT_SUBNETS: readonly SubnetOption[] = [
  { name: "clustera", cidr: "10.0.0.0/20" },
  { name: "clusterb", cidr: "10.0.16.0/20" },
  { name: "strangers", cidr: "10.0.32.0/24" },
];

/** The region as the options want it; every option has a default. */
export function createRegion(options: RegionOptions = {}): RegionDescription {
  const key = options.key ?? "phx";
  const nextOcid = createOcidSource(key, options.seed ?? "sandbox");
  const tenancyOcid = nextOcid("tenancy");
  const compartments = (options.compartmentNames ?? ["cluster", "elsewhere"]).map((name) => ({
    ocid: nextOcid("compartment"),
    name,
  }));
  const compartmentOcid = compartments[0]?.ocid ?? tenancyOcid;
  const availabilityDomains = Array.from(
    { length: options.adCount ?? 3 },
    (_, index) => `${options.adRoot ?? "Uocm:PHX-AD-"}${index + 1}`,
  );
  return {
    name: options.name ?? "us-phoenix-1",
    key,
    availabilityDomains,
    faultDomains: ["FAULT-DOMAIN-1", "FAULT-DOMAIN-2", "FAULT-DOMAIN-3"],
    tenancyOcid,
    compartments,
    vcn: {
      ocid: nextOcid("vcn"),
      cidr: options.vcnCidr ?? "10.0.0.0/16",
      dnsLabel: "sandbox",
      compartmentOcid,
    },
    subnets: (options.subnets ?? DEFAULT_SUBNETS).map((subnet) => ({
      ocid: nextOcid("subnet"),
      name: subnet.name,
      cidr: subnet.cidr,
      dnsLabel: dnsLabelOf(subnet.name),
      compartmentOcid,
      isPublicIpProhibited: subnet.isPublicIpProhibited ?? true,
    })),
    networkSecurityGroupOcids: [nextOcid("networksecuritygroup"), nextOcid("networksecuritygroup")],
    images: images(nextOcid),
    shapes: SHAPE_CATALOGUE.map(({ payload, adNumbers }) => ({
      payload,
      availabilityDomains: availabilityDomains.filter(
        (_, index) => adNumbers === undefined || adNumbers.includes(index + 1),
      ),
    })),
    apiKeys: options.apiKeys ?? [],
  };
}

/** DNS labels: at most 15 letters and digits, a letter first (facts of OCI's DNS). */
function dnsLabelOf(name: string): string {
  const label = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return (/^[a-z]/.test(label) ? label : `s${label}`).slice(0, 15);
}

function images(nextOcid: (kind: string) => string): ImageDescription[] {
  return (
    [
      ["Canonical-Ubuntu-24.04-2025.10.31-0", "Canonical Ubuntu", "24.04", "x86_64"],
      ["Canonical-Ubuntu-24.04-aarch64-2025.10.31-0", "Canonical Ubuntu", "24.04", "aarch64"],
      ["Oracle-Linux-9.6-2025.10.23-0", "Oracle Linux", "9", "x86_64"],
    ] as const
  ).map(([name, operatingSystem, operatingSystemVersion, architecture]) => ({
    ocid: nextOcid("image"),
    name,
    operatingSystem,
    operatingSystemVersion,
    architecture,
  }));
}
