import type { InstanceRecord, LifecycleState } from "./instance-record.ts";

/** The disk that an instance boots from, which may outlive it. */
export interface BootVolumeRecord {
  readonly bootVolumeOcid: string;
  /** The order of creation; lists are sorted and paged by it. */
  readonly sequence: number;
  readonly compartmentOcid: string;
  readonly availabilityDomain: string;
  readonly displayName: string;
  readonly imageOcid: string;
  /** Absent: as large as the image. */
  readonly sizeGib?: number;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly definedTags: Readonly<Record<string, unknown>>;
  readonly timeCreatedMs: number;
  /** The instance that it was made with; absent: nobody knows any more. */
  instance: InstanceRecord | undefined;
  /** It stays when its instance is terminated. */
  isPreserved: boolean;
  /** Undefined until somebody deletes it. */
  deletion: "TERMINATING" | "TERMINATED" | undefined;
}

export type BootVolumeState = "PROVISIONING" | "AVAILABLE" | "TERMINATING" | "TERMINATED";

/** Size of an image's volume, as OCI lists it: `size-in-gbs` 47 and `size-in-mbs` 47694. */
const IMAGE_SIZE = { gib: 47, mib: 47_694 } as const;

interface States {
  readonly volume: BootVolumeState;
  /** Of the volume to the instance that it was made with. */
  readonly attachment: "ATTACHING" | "ATTACHED" | "DETACHING" | "DETACHED";
}

const IN_USE: States = { volume: "AVAILABLE", attachment: "ATTACHED" };

/** A volume lives and dies with its instance, unless it is preserved. */
const BY_INSTANCE: Readonly<Record<LifecycleState, States>> = {
  PROVISIONING: { volume: "PROVISIONING", attachment: "ATTACHING" },
  STARTING: IN_USE,
  RUNNING: IN_USE,
  STOPPING: IN_USE,
  STOPPED: IN_USE,
  TERMINATING: { volume: "TERMINATING", attachment: "DETACHING" },
  TERMINATED: { volume: "TERMINATED", attachment: "DETACHED" },
};

export function bootVolumeStateOf(record: BootVolumeRecord): BootVolumeState {
  const { deletion, instance, isPreserved } = record;
  if (deletion !== undefined) return deletion;
  if (isPreserved || instance === undefined) return "AVAILABLE";
  return BY_INSTANCE[instance.lifecycleState].volume;
}

export function bootAttachmentStateOf({ lifecycleState }: InstanceRecord): States["attachment"] {
  return BY_INSTANCE[lifecycleState].attachment;
}

/** `BootVolume` of the Core API. */
export function bootVolumeJson(record: BootVolumeRecord): string {
  const { sizeGib } = record;
  return JSON.stringify({
    autoTunedVpusPerGB: 10,
    autotunePolicies: [],
    availabilityDomain: record.availabilityDomain,
    bootVolumeReplicas: [],
    compartmentId: record.compartmentOcid,
    definedTags: record.definedTags,
    displayName: record.displayName,
    freeformTags: record.freeformTags,
    id: record.bootVolumeOcid,
    imageId: record.imageOcid,
    isAutoTuneEnabled: false,
    isHydrated: true,
    kmsKeyId: null,
    lifecycleState: bootVolumeStateOf(record),
    sizeInGBs: sizeGib ?? IMAGE_SIZE.gib,
    sizeInMBs: sizeGib === undefined ? IMAGE_SIZE.mib : sizeGib * 1024,
    sourceDetails: null,
    systemTags: {},
    timeCreated: new Date(record.timeCreatedMs).toISOString(),
    volumeGroupId: null,
    vpusPerGB: 10,
  });
}

/** `BootVolumeAttachment` of the Core API. Its OCID is the instance's own (seen by users of the CLI). */
export function bootVolumeAttachmentJson(
  { bootVolumeOcid }: BootVolumeRecord,
  instance: InstanceRecord,
): string {
  const timeCreated = new Date(instance.timeCreatedMs).toISOString();
  return JSON.stringify({
    availabilityDomain: instance.order.availabilityDomain,
    bootVolumeId: bootVolumeOcid,
    compartmentId: instance.order.compartmentOcid,
    displayName: "Remote boot attachment for instance",
    encryptionInTransitType: "NONE",
    id: instance.instanceOcid,
    instanceId: instance.instanceOcid,
    isPvEncryptionInTransitEnabled: false,
    lifecycleState: bootAttachmentStateOf(instance),
    timeCreated,
    timeUpdated: timeCreated,
  });
}

export function bootVolumeEtag(record: BootVolumeRecord): string {
  return `${record.bootVolumeOcid.slice(-32)}-${bootVolumeStateOf(record).toLowerCase()}`;
}
