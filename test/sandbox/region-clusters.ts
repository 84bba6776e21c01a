import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud } from "./api/cloud.ts";
import type { CloudInstance } from "./api/cloud-event.ts";
import { describeInstance } from "./api/cloud-event.ts";
import type { RegionDescription, SubnetDescription } from "./api/region.ts";
import type { ClusterDescription } from "./machines/cluster-description.ts";
import { commonFiles, managementFiles, sharedFiles } from "./machines/cluster-files.ts";
import type { ClusterMachines } from "./machines/hypervisor.ts";
import { makeDirectory, writeFiles, type AccountIds } from "./machines/write-files.ts";

/** What stands for a management node of a cluster in the cloud: a small shape that every region has. */
const MANAGEMENT_SHAPE = "VM.Standard.E4.Flex";
const MANAGEMENT_OCPUS = 1;
const MANAGEMENT_MEMORY_GIB = 16;

/** An instance that was there before the first call: RUNNING, its address and host name label taken. */
export function addInstance(
  cloud: Cloud,
  subnet: SubnetDescription,
  { name, freeformTags }: { name: string; freeformTags: Readonly<Record<string, string>> },
): CloudInstance {
  const { region } = cloud;
  const record = cloud.launch(
    {
      compartmentOcid: subnet.compartmentOcid,
      availabilityDomain: firstOf(region.availabilityDomains, "availability domain"),
      shape: shapeOf(region, MANAGEMENT_SHAPE),
      ocpus: MANAGEMENT_OCPUS,
      memoryGib: MANAGEMENT_MEMORY_GIB,
      image: firstOf(region.images, "image"),
      subnet,
      displayName: name,
      hostnameLabel: name,
      networkSecurityGroupOcids: [],
      metadata: {},
      extendedMetadata: {},
      freeformTags,
      definedTags: {},
      repeated: {},
    },
    { isPreexisting: true },
  );
  return describeInstance(record);
}

function shapeOf(region: RegionDescription, name: string) {
  const offered = region.shapes.find(({ payload }) => payload.shape === name);
  if (offered === undefined) throw new Error(`the region has no shape ${name}`);
  return offered.payload;
}

function firstOf<Value>(values: readonly Value[], what: string): Value {
  const [first] = values;
  if (first === undefined) throw new Error(`the region has no ${what}`);
  return first;
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
