import type { LaunchOrder } from "./launch-order.ts";
import type { RegionDescription } from "./region.ts";
import { vcpusPerOcpu } from "./shape-payload.ts";
import type { VnicRecord } from "./vnic-record.ts";

export type LifecycleState =
  "PROVISIONING" | "STARTING" | "RUNNING" | "STOPPING" | "STOPPED" | "TERMINATING" | "TERMINATED";

/** An instance as the model keeps it. Changed by lifecycle.ts only. */
export interface InstanceRecord {
  readonly instanceOcid: string;
  /** The order of acceptance; lists are sorted and paged by it. */
  readonly sequence: number;
  readonly order: LaunchOrder;
  readonly displayName: string;
  readonly faultDomain: string;
  readonly timeCreatedMs: number;
  readonly vnic: VnicRecord;
  /** False: it becomes RUNNING, but nothing boots on it. */
  readonly boots: boolean;
  lifecycleState: LifecycleState;
  /** Counts changes of state: makes the etag, and tells a scheduled step that it has been overtaken. */
  epoch: number;
  /** The JSON up to the fields that change: built once, because user data makes it large. */
  jsonHead: string;
}

export function etagOf(record: InstanceRecord): string {
  return `${record.instanceOcid.slice(-32)}-${record.epoch}`;
}

/** `Instance` of the Core API, as JSON. */
export function instanceJson(record: InstanceRecord, region: RegionDescription): string {
  if (record.jsonHead === "") {
    record.jsonHead = JSON.stringify(unchangingFields(record, region)).slice(0, -1);
  }
  return `${record.jsonHead},"lifecycleState":"${record.lifecycleState}"}`;
}

function unchangingFields(record: InstanceRecord, region: RegionDescription): object {
  const { order } = record;
  return {
    availabilityDomain: order.availabilityDomain,
    compartmentId: order.compartmentOcid,
    definedTags: order.definedTags,
    displayName: record.displayName,
    extendedMetadata: order.extendedMetadata,
    faultDomain: record.faultDomain,
    freeformTags: order.freeformTags,
    id: record.instanceOcid,
    imageId: order.image.ocid,
    launchMode: "PARAVIRTUALIZED",
    metadata: order.metadata,
    region: regionFieldOf(region),
    shape: order.shape.shape,
    shapeConfig: shapeConfigOf(order),
    sourceDetails: {
      sourceType: "image",
      imageId: order.image.ocid,
      ...(order.bootVolumeGib === undefined ? {} : { bootVolumeSizeInGBs: order.bootVolumeGib }),
    },
    systemTags: {},
    timeCreated: new Date(record.timeCreatedMs).toISOString(),
    timeMaintenanceRebootDue: null,
    ...order.repeated,
  };
}

/** The API reference of Instance: the two oldest regions are named by their key, the others in full. */
function regionFieldOf(region: RegionDescription): string {
  return ["phx", "iad"].includes(region.key) ? region.key : region.name;
}

function shapeConfigOf({ shape, ocpus, memoryGib }: LaunchOrder): object {
  const { networkingBandwidthOptions: bandwidth } = shape;
  return {
    ocpus,
    memoryInGBs: memoryGib,
    vcpus: ocpus * vcpusPerOcpu(shape.shape),
    processorDescription: shape.processorDescription,
    networkingBandwidthInGbps:
      bandwidth === null
        ? shape.networkingBandwidthInGbps
        : Math.min(bandwidth.defaultPerOcpuInGbps * ocpus, bandwidth.maxInGbps),
    maxVnicAttachments: shape.maxVnicAttachments,
    gpus: shape.gpus,
    gpuDescription: shape.gpuDescription,
    localDisks: shape.localDisks,
    localDisksTotalSizeInGBs: shape.localDisksTotalSizeInGBs,
    localDiskDescription: shape.localDiskDescription,
  };
}
