import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { checkLaunch } from "./api/check-launch.ts";
import type { Cloud } from "./api/cloud.ts";
import { describeInstance, type CloudInstance } from "./api/cloud-event.ts";
import type { RegionDescription, SubnetDescription } from "./api/region.ts";
import type { ClusterDescription } from "./machines/cluster-description.ts";
import { commonFiles, managementFiles, sharedFiles } from "./machines/cluster-files.ts";
import type { ClusterMachines } from "./machines/hypervisor.ts";
import { makeDirectory, writeFiles, type AccountIds } from "./machines/write-files.ts";
import { MANAGEMENT_NAME } from "./region-plan.ts";

const MANAGEMENT_SHAPE = "VM.Standard2.1";

/** A management node's instance: it was there before the first call, and its address and host name label are taken. */
export function addManagementInstance(
  cloud: Cloud,
  subnet: SubnetDescription,
  clusterId: string,
): CloudInstance {
  const { region } = cloud;
  const body = {
    compartmentId: subnet.compartmentOcid,
    availabilityDomain: region.availabilityDomains[0],
    shape: MANAGEMENT_SHAPE,
    displayName: MANAGEMENT_NAME,
    freeformTags: { cluster: clusterId, type: "mgmt" },
    sourceDetails: { sourceType: "image", imageId: managementImageOf(region) },
    createVnicDetails: { subnetId: subnet.ocid, hostnameLabel: MANAGEMENT_NAME },
  };
  return describeInstance(cloud.launch(checkLaunch(body, region), { isPreexisting: true }));
}

function managementImageOf({ images }: RegionDescription): string {
  const image = images.find(({ architecture }) => architecture === "x86_64");
  if (image === undefined) throw new Error("the region has no image for x86_64");
  return image.ocid;
}

/** Lays out what a cluster's machines see, below the region's working directory. */
export async function layOutCluster(
  cluster: ClusterDescription,
  accounts: AccountIds,
): Promise<ClusterMachines> {
  const base = join("clusters", cluster.id);
  const sharedDirectory = join(base, "shared");
  const filesDirectory = {
    management: join(base, "files-management"),
    compute: join(base, "files-compute"),
  };
  await mkdir(filesDirectory.compute, { recursive: true });
  for (const user of ["opc", "alice"] as const) {
    await makeDirectory(join(sharedDirectory, "home", user), user, accounts);
  }
  const common = commonFiles(cluster);
  await writeFiles(sharedDirectory, sharedFiles(cluster), accounts);
  await writeFiles(filesDirectory.compute, common, accounts);
  await writeFiles(filesDirectory.management, [...common, ...managementFiles(cluster)], accounts);
  return {
    clusterId: cluster.id,
    subnetOcid: cluster.subnet.ocid,
    directory: join(base, "machines"),
    sharedDirectory,
    filesDirectory,
  };
}
