import { incorrectState } from "./api-error.ts";
import { bootAttachmentStateOf, bootVolumeStateOf, type BootVolumeRecord } from "./boot-volume.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { OcidSource } from "./ocids.ts";

export interface BootVolumesParts {
  readonly nextOcid: OcidSource;
  /** From acceptance of a deletion to TERMINATED, and how long the record stays listed then; milliseconds. */
  readonly deleteMs: number;
  readonly terminatedRecordMs: number;
  /** Volumes get their instance's tags. */
  readonly copiesTags: boolean;
  readonly schedule: (dueMs: number, run: (dueMs: number) => void) => void;
}

/** What of a volume is known that no instance is left of. */
export type LeftVolume = Pick<
  BootVolumeRecord,
  | "compartmentOcid"
  | "availabilityDomain"
  | "displayName"
  | "imageOcid"
  | "freeformTags"
  | "timeCreatedMs"
> & { readonly sizeGib?: number };

/** The boot volumes of instances, and what was left of earlier ones. */
export class BootVolumes {
  private readonly parts: BootVolumesParts;
  private readonly volumes = new Map<string, BootVolumeRecord>();
  private readonly byInstance = new Map<string, BootVolumeRecord>();
  private sequence = 0;

  constructor(parts: BootVolumesParts) {
    this.parts = parts;
  }

  /** In the order of creation. */
  get records(): Iterable<BootVolumeRecord> {
    return this.volumes.values();
  }

  find(bootVolumeOcid: string): BootVolumeRecord | undefined {
    return this.volumes.get(bootVolumeOcid);
  }

  /** OCI makes one with each instance and names it after that. */
  createFor(instance: InstanceRecord): void {
    const { order, displayName } = instance;
    const { copiesTags } = this.parts;
    const record = this.add({
      compartmentOcid: order.compartmentOcid,
      availabilityDomain: order.availabilityDomain,
      displayName: `${displayName} (Boot Volume)`,
      imageOcid: order.image.ocid,
      ...(order.bootVolumeGib === undefined ? {} : { sizeGib: order.bootVolumeGib }),
      freeformTags: copiesTags ? order.freeformTags : {},
      timeCreatedMs: instance.timeCreatedMs,
    });
    record.instance = instance;
    this.byInstance.set(instance.instanceOcid, record);
  }

  /** One whose instance is gone for so long that nothing tells of it. */
  leave(volume: LeftVolume): BootVolumeRecord {
    return this.add(volume);
  }

  /** The instance's termination will leave it. */
  preserve(instanceOcid: string): void {
    const record = this.byInstance.get(instanceOcid);
    if (record !== undefined) record.isPreserved = true;
  }

  /** The API reference: not while it has an active connection to an instance. */
  delete(record: BootVolumeRecord, nowMs: number): void {
    const { instance, bootVolumeOcid } = record;
    const state = bootVolumeStateOf(record);
    if (instance !== undefined && bootAttachmentStateOf(instance) !== "DETACHED") {
      throw incorrectState(`Boot volume ${bootVolumeOcid} is attached to ${instance.instanceOcid}`);
    }
    if (state !== "AVAILABLE") throw incorrectState(`Boot volume ${bootVolumeOcid} is ${state}`);
    const { schedule, deleteMs, terminatedRecordMs } = this.parts;
    record.deletion = "TERMINATING";
    schedule(nowMs + deleteMs, (endMs) => {
      record.deletion = "TERMINATED";
      schedule(endMs + terminatedRecordMs, () => this.volumes.delete(bootVolumeOcid));
    });
  }

  /** The record of the instance goes; its volume's stays when it was preserved. */
  forgetInstance(instanceOcid: string): void {
    const record = this.byInstance.get(instanceOcid);
    this.byInstance.delete(instanceOcid);
    if (record === undefined) return;
    record.instance = undefined;
    if (!record.isPreserved) this.volumes.delete(record.bootVolumeOcid);
  }

  private add(volume: LeftVolume): BootVolumeRecord {
    this.sequence += 1;
    const record: BootVolumeRecord = {
      ...volume,
      bootVolumeOcid: this.parts.nextOcid("bootvolume"),
      sequence: this.sequence,
      definedTags: {},
      instance: undefined,
      isPreserved: false,
      deletion: undefined,
    };
    this.volumes.set(record.bootVolumeOcid, record);
    return record;
  }
}
