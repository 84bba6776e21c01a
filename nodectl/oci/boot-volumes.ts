import { BlockstorageClient, ComputeClient, models } from "oci-core";
import { groupBy } from "../domain/group-by.ts";
import type { ListedVolume } from "../domain/sweep/listing.ts";
import { listAllPages } from "./pages.ts";
import type { BootVolume, BootVolumeCatalogue } from "./provider.ts";
import { removeOnce } from "./remove-once.ts";
import type { RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

/** The name that OCI gives to the volume of an instance. */
const NAME = /^(.+) \(Boot Volume\)$/;

const { Available, Faulty, Terminating, Terminated } = models.BootVolume.LifecycleState;
const GONE_STATES: ReadonlySet<string> = new Set([Terminating, Terminated]);
const { Detached } = models.BootVolumeAttachment.LifecycleState;

/** The boot volumes of the cluster's compartment through the real SDK. */
export class OciBootVolumes implements BootVolumeCatalogue {
  readonly #storage: BlockstorageClient;
  readonly #compute: ComputeClient;
  readonly #compartmentOcid: string;
  readonly #retry: RetryPolicy;

  constructor(clients: ClientSettings, compartmentOcid: string, retry: RetryPolicy) {
    this.#storage = createSdkClient(BlockstorageClient, clients);
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#compartmentOcid = compartmentOcid;
    this.#retry = retry;
  }

  async listLeftBootVolumes(): Promise<readonly BootVolume[]> {
    const listed = await this.#listWithAttachments(
      ({ lifecycleState }) => lifecycleState === Available || lifecycleState === Faulty,
    );
    return listed.filter(({ attachments }) => !attachments.some(holds)).map(toBootVolume);
  }

  /** All of the compartment, with who boots or booted from each. Throws OciCallError. */
  async listBootVolumes(): Promise<readonly ListedVolume[]> {
    return (await this.#listWithAttachments(() => true)).map(toListedVolume);
  }

  /** What has gone counts as deleted. Throws what the SDK throws. */
  async deleteOnce(bootVolumeId: string): Promise<void> {
    await removeOnce({
      operation: "DeleteBootVolume",
      remove: () => this.#storage.deleteBootVolume({ bootVolumeId }),
      look: async () =>
        (await this.#storage.getBootVolume({ bootVolumeId })).bootVolume.lifecycleState,
      goneStates: GONE_STATES,
    });
  }

  async #listWithAttachments(
    isWanted: (volume: models.BootVolume) => boolean,
  ): Promise<readonly AttachedVolume[]> {
    // In this order: what is launched in between is in the second list only.
    const volumes = (await this.#listVolumes()).filter(isWanted);
    const attachments: models.BootVolumeAttachment[] = [];
    for (const name of new Set(volumes.map(({ availabilityDomain }) => availabilityDomain))) {
      attachments.push(...(await this.#listAttachments(name)));
    }
    const byVolume = groupBy(attachments, ({ bootVolumeId }) => bootVolumeId);
    return volumes.map((volume) => ({ volume, attachments: byVolume.get(volume.id) ?? [] }));
  }

  #listVolumes(): Promise<readonly models.BootVolume[]> {
    return listAllPages("ListBootVolumes", this.#retry, (page) =>
      this.#storage.listBootVolumes({
        compartmentId: this.#compartmentOcid,
        ...page,
      }),
    );
  }

  /** OCI lists attachments by availability domain only. */
  #listAttachments(availabilityDomain: string): Promise<readonly models.BootVolumeAttachment[]> {
    return listAllPages("ListBootVolumeAttachments", this.#retry, (page) =>
      this.#compute.listBootVolumeAttachments({
        availabilityDomain,
        compartmentId: this.#compartmentOcid,
        ...page,
      }),
    );
  }
}

interface AttachedVolume {
  readonly volume: models.BootVolume;
  readonly attachments: readonly models.BootVolumeAttachment[];
}

function holds({ lifecycleState }: models.BootVolumeAttachment): boolean {
  return lifecycleState !== Detached;
}

function toBootVolume({ volume }: AttachedVolume): BootVolume {
  const { displayName = "", imageId } = volume;
  const instanceName = NAME.exec(displayName)?.[1];
  return {
    bootVolumeOcid: volume.id,
    displayName,
    ...(instanceName !== undefined && { instanceName }),
    availabilityDomain: volume.availabilityDomain,
    sizeGib: volume.sizeInGBs ?? Math.ceil(volume.sizeInMBs / 1024),
    // The SDK declares a Date and delivers ISO text: both are taken.
    timeCreatedMs: new Date(volume.timeCreated).getTime(),
    ...(imageId && { imageOcid: imageId }),
  };
}

function toListedVolume(listed: AttachedVolume): ListedVolume {
  const { volume, attachments } = listed;
  return {
    ...toBootVolume(listed),
    lifecycleState: volume.lifecycleState,
    tags: volume.freeformTags ?? {},
    attachments: attachments.map((attachment) => ({
      instanceOcid: attachment.instanceId,
      holds: holds(attachment),
    })),
  };
}
