import { checkLaunch } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import { describeInstance, type CloudInstance } from "./cloud-event.ts";
import type { RegionDescription, SubnetDescription } from "./region.ts";

const MANAGEMENT_SHAPE = "VM.Standard2.1";

/** The host name of every cluster's management node. */
export const MANAGEMENT_NAME = "mgmt";

/** A management node's instance: it was there before the first call, and its address and host name label are taken. */
export function addManagementInstance(
  cloud: Cloud,
  subnet: SubnetDescription,
  clusterId: string,
  metadata: Readonly<Record<string, string>> = {},
): CloudInstance {
  const { region } = cloud;
  const body = {
    compartmentId: subnet.compartmentOcid,
    availabilityDomain: region.availabilityDomains[0],
    shape: MANAGEMENT_SHAPE,
    displayName: MANAGEMENT_NAME,
    metadata,
    freeformTags: { cluster: clusterId, type: "mgmt" },
    sourceDetails: { sourceType: "image", imageId: managementImageOf(region) },
    createVnicDetails: { subnetId: subnet.ocid, hostnameLabel: MANAGEMENT_NAME },
  };
  return describeInstance(cloud.launch(checkLaunch(body, region), { isPreexisting: true }));
}

/** What its instances are made of, and those of the nodes unless limits.yaml names another image. */
export function managementImageOf({ images }: RegionDescription): string {
  const image = images.find(({ architecture }) => architecture === "x86_64");
  if (image === undefined) throw new Error("the region has no image for x86_64");
  return image.ocid;
}
