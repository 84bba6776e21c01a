import type { models } from "oci-core";
import { TAG, TYPE_COMPUTE } from "../domain/cluster-tags.ts";
import type { LaunchRequest } from "./provider.ts";

/** What all nodes of a cluster are launched with. */
export interface LaunchSettings {
  readonly compartmentOcid: string;
  readonly subnetOcid: string;
  readonly clusterId: string;
  readonly nsgOcids: readonly string[];
  /** Used when the specification names no image. */
  readonly imageOcid: string;
  /** By namespace and key. Policies can tell instances by them, and by freeform tags they cannot. */
  readonly definedTags?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** ssh_authorized_keys and user_data; byte for byte the same for the same token. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The body of LaunchInstance. Pure, and free of times and chance: the retry token is bound to it. */
export function launchDetails(
  settings: LaunchSettings,
  request: LaunchRequest,
): models.LaunchInstanceDetails {
  const { nodeName, placement } = request;
  const { shapeConfig, faultDomain } = placement;
  return {
    compartmentId: settings.compartmentOcid,
    availabilityDomain: placement.availabilityDomain,
    ...(faultDomain !== undefined && { faultDomain }),
    displayName: nodeName,
    shape: placement.shape,
    // An empty object is refused for fixed shapes.
    ...(shapeConfig !== undefined && {
      shapeConfig: { ocpus: shapeConfig.ocpus, memoryInGBs: shapeConfig.memoryGib },
    }),
    sourceDetails: sourceDetails(settings, request),
    createVnicDetails: {
      subnetId: settings.subnetOcid,
      // Its own name in the subnet's DNS, and what ListPrivateIps is joined on.
      hostnameLabel: nodeName,
      assignPublicIp: false,
      assignPrivateDnsRecord: true,
      ...(settings.nsgOcids.length > 0 && { nsgIds: [...settings.nsgOcids] }),
    },
    metadata: { ...settings.metadata },
    freeformTags: {
      [TAG.cluster]: settings.clusterId,
      [TAG.type]: TYPE_COMPUTE,
      [TAG.node]: nodeName,
    },
    ...(settings.definedTags !== undefined && { definedTags: settings.definedTags }),
    instanceOptions: { areLegacyImdsEndpointsDisabled: true },
    ...(placement.capacityType === "preemptible" && {
      preemptibleInstanceConfig: {
        preemptionAction: { type: "TERMINATE", preserveBootVolume: false },
      },
    }),
  };
}

function sourceDetails(
  settings: LaunchSettings,
  { specification }: LaunchRequest,
): models.InstanceSourceViaImageDetails {
  return {
    sourceType: "image",
    imageId: specification.imageOcid ?? settings.imageOcid,
    ...(specification.bootVolumeGib !== undefined && {
      bootVolumeSizeInGBs: specification.bootVolumeGib,
    }),
  };
}
