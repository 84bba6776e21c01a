import { BlockstorageClient, ComputeClient, models } from "oci-core";
import { listAllPages } from "./pages.ts";
import type { BootVolume, BootVolumeCatalogue } from "./provider.ts";
import type { RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

/** The name that OCI gives to the volume of an instance. */
const NAME = /^(.+) \(Boot Volume\)$/;

const { Available, Faulty } = models.BootVolume.LifecycleState;
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
    // In this order: what is launched in between is in the second list only.
    const volumes = (await this.#listVolumes()).filter(
      ({ lifecycleState }) => lifecycleState === Available || lifecycleState === Faulty,
    );
    const inUse = new Set<string>();
    for (const name of new Set(volumes.map(({ availabilityDomain }) => availabilityDomain))) {
      for (const { bootVolumeId, lifecycleState } of await this.#listAttachments(name)) {
        if (lifecycleState !== Detached) inUse.add(bootVolumeId);
      }
    }
    return volumes.filter(({ id }) => !inUse.has(id)).map(toBootVolume);
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

function toBootVolume(item: models.BootVolume): BootVolume {
  const { displayName = "", imageId } = item;
  const instanceName = NAME.exec(displayName)?.[1];
  return {
    bootVolumeOcid: item.id,
    displayName,
    ...(instanceName !== undefined && { instanceName }),
    availabilityDomain: item.availabilityDomain,
    sizeGib: item.sizeInGBs ?? Math.ceil(item.sizeInMBs / 1024),
    // The SDK declares a Date and delivers ISO text: both are taken.
    timeCreatedMs: new Date(item.timeCreated).getTime(),
    ...(imageId && { imageOcid: imageId }),
  };
}
