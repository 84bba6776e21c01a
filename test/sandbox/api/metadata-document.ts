import type { CloudInstance } from "./cloud-event.ts";
import type { RegionDescription } from "./region.ts";

type Document = Readonly<Record<string, unknown>>;

/** What stands below /opc/v2/instance/ (Oracle's "Instance Metadata Service v2"). */
export function instanceDocument(instance: CloudInstance, region: RegionDescription): Document {
  return {
    availabilityDomain: instance.availabilityDomain,
    ociAdName: `${region.key}-ad-${/\d+$/.exec(instance.availabilityDomain)?.[0] ?? ""}`,
    faultDomain: instance.faultDomain,
    compartmentId: instance.compartmentOcid,
    displayName: instance.displayName,
    hostname: instance.hostnameLabel ?? instance.displayName,
    id: instance.instanceOcid,
    image: instance.imageOcid,
    region: region.key,
    canonicalRegionName: region.name,
    regionInfo: {
      realmKey: "oc1",
      realmDomainComponent: "oraclecloud.com",
      regionKey: region.key.toUpperCase(),
      regionIdentifier: region.name,
    },
    shape: instance.shape,
    shapeConfig: { ocpus: instance.ocpus, memoryInGBs: instance.memoryGib },
    state: "Running",
    timeCreated: instance.timeCreatedMs,
    metadata: { ...instance.metadata, ...instance.extendedMetadata },
    freeformTags: instance.freeformTags,
    definedTags: instance.definedTags,
    tenantId: region.tenancyOcid,
  };
}

/** What stands below /opc/v2/vnics/: the instance's one VNIC. */
export function vnicDocuments(instance: CloudInstance): readonly Document[] {
  return [
    {
      vnicId: instance.vnicOcid,
      privateIp: instance.privateIp,
      vlanTag: 0,
      macAddr: instance.macAddress,
      virtualRouterIp: instance.subnet.virtualRouterIp,
      subnetCidrBlock: instance.subnet.cidr,
      nicIndex: 0,
    },
  ];
}

/** The part of a document that a path names: one part a level, numbers for lists. Undefined: there is none. */
export function partOf(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.entries(value).find(([key]) => key === name)?.[1] as unknown;
  }, document);
}
