import type {
  CompartmentListing,
  ListedInstance,
  ListedVolume,
} from "../../../../nodectl/domain/sweep/listing.ts";

export const CLUSTER = "mouse-1a2b3c4d";
export const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
export const COMPUTE_TAGS = { cluster: CLUSTER, type: "compute", node: "vm-a-0001" };
export const OTHER_TAGS = { ...COMPUTE_TAGS, cluster: "rat-99999999" };

const IMAGE = "ocid1.image.oc1.phx.base";
const DOMAIN = "Uocm:PHX-AD-1";

/** A running compute node of ours, an hour old. */
export function instance(changes: Partial<ListedInstance> = {}): ListedInstance {
  return {
    instanceOcid: "ocid1.instance.oc1.phx.own",
    displayName: "vm-a-0001",
    lifecycleState: "RUNNING",
    availabilityDomain: DOMAIN,
    imageOcid: IMAGE,
    timeCreatedMs: NOW_MS - 3_600_000,
    tags: COMPUTE_TAGS,
    ...changes,
  };
}

/** What that instance would leave behind: nothing boots from it, and nothing tells of who did. */
export function volume(changes: Partial<ListedVolume> = {}): ListedVolume {
  return {
    bootVolumeOcid: "ocid1.bootvolume.oc1.phx.left",
    displayName: "vm-a-0001 (Boot Volume)",
    instanceName: "vm-a-0001",
    lifecycleState: "AVAILABLE",
    availabilityDomain: DOMAIN,
    sizeGib: 47,
    timeCreatedMs: NOW_MS - 3_598_000,
    imageOcid: IMAGE,
    tags: {},
    attachments: [],
    ...changes,
  };
}

export function listing(changes: Partial<CompartmentListing> = {}): CompartmentListing {
  return { instances: [], bootVolumes: [], images: [], ...changes };
}
