import type { Tags } from "../cluster-tags.ts";

/** What stands in the cluster's compartment, whoever made it, records of what is gone included. OCI's own words. */
export interface CompartmentListing {
  readonly instances: readonly ListedInstance[];
  readonly bootVolumes: readonly ListedVolume[];
  readonly images: readonly ListedImage[];
}

export interface ListedInstance {
  readonly instanceOcid: string;
  readonly displayName: string;
  readonly lifecycleState: string;
  readonly availabilityDomain: string;
  /** Absent: it boots from a volume that was there before. */
  readonly imageOcid?: string;
  readonly timeCreatedMs: number;
  readonly tags: Tags;
}

export interface ListedVolume {
  readonly bootVolumeOcid: string;
  readonly displayName: string;
  /** That of the instance it was made with, as far as its own name tells. */
  readonly instanceName?: string;
  readonly lifecycleState: string;
  readonly availabilityDomain: string;
  readonly sizeGib: number;
  readonly timeCreatedMs: number;
  /** What it was made of; absent when that was another volume. */
  readonly imageOcid?: string;
  /** Its own: OCI copies none of its instance's. */
  readonly tags: Tags;
  readonly attachments: readonly VolumeAttachment[];
}

/** An instance that boots from a volume, or did. */
export interface VolumeAttachment {
  readonly instanceOcid: string;
  /** False once the instance has let go of it. */
  readonly holds: boolean;
}

/** A custom image of the compartment. */
export interface ListedImage {
  readonly imageOcid: string;
  readonly displayName: string;
  readonly lifecycleState: string;
  readonly tags: Tags;
}
