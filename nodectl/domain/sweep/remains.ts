import { isComputeOf, isOfCluster, type Tags } from "../cluster-tags.ts";
import type { CompartmentListing, ListedImage, ListedInstance, ListedVolume } from "./listing.ts";
import { volumeOwner, type VolumeOwner } from "./volume-owner.ts";

export type RemainderKind = "instance" | "boot-volume" | "image";

/** Something of the cluster that costs money and that Terraform does not know. */
export interface Remainder {
  readonly kind: RemainderKind;
  readonly ocid: string;
  readonly name: string;
  readonly lifecycleState: string;
  readonly tags: Tags;
}

export interface Remains {
  /** To be removed, in this order: instances first, because they hold their volumes. */
  readonly removable: readonly Remainder[];
  /** Ours, and going already, or busy for a moment: to be waited for. */
  readonly pending: readonly Remainder[];
  /** Boot volumes that may be ours and may be somebody else's: a person has to look. */
  readonly doubtful: readonly Remainder[];
  /** Running instances of the cluster that are no compute nodes, so that they may launch some. */
  readonly launchers: readonly Remainder[];
}

export interface Sweeper {
  readonly clusterId: string;
  readonly nowMs: number;
}

/** What is to go of what is listed. Somebody else's things, and those without a tag, are in no list of it. */
export function remainsIn(
  { instances, bootVolumes, images }: CompartmentListing,
  { clusterId, nowMs }: Sweeper,
): Remains {
  const ours = instances.filter(({ tags }) => isComputeOf(tags, clusterId));
  const others = instances.filter(
    (it) => isOfCluster(it.tags, clusterId) && !isComputeOf(it.tags, clusterId),
  );
  const claimed = bootVolumes.map((volume) => {
    const owner = volumeOwner(volume, instances, clusterId, nowMs);
    return { item: ofVolume(volume), claim: claimOn(volume, owner, ours) };
  });
  const volumesOf = (wanted: Claim): Remainder[] =>
    claimed.filter(({ claim }) => claim === wanted).map(({ item }) => item);
  const all = [
    ...ours.map(ofInstance),
    ...volumesOf("remove"),
    ...images.filter(({ tags }) => isOfCluster(tags, clusterId)).map(ofImage),
  ];
  return {
    removable: all.filter((item) => progressOf(item) === "there"),
    pending: all.filter((item) => progressOf(item) === "moving"),
    doubtful: volumesOf("look").filter((item) => progressOf(item) === "there"),
    launchers: others.map(ofInstance).filter(({ lifecycleState }) => MAY_RUN.has(lifecycleState)),
  };
}

/** STOPPED ones launch nothing until somebody starts them, and those that end do not come back. */
const MAY_RUN: ReadonlySet<string> = new Set(["PROVISIONING", "STARTING", "RUNNING"]);

type Progress = "there" | "moving" | "gone";

/**
 * The states in which a thing cannot be removed (yet); in every other, and in those that OCI may add, it can. A deletion of a
 * volume that is PROVISIONING or of an image that is being made is refused with 409: it ends by itself first.
 */
const PROGRESS: Readonly<Record<RemainderKind, Readonly<Record<string, Progress>>>> = {
  instance: { TERMINATING: "moving", TERMINATED: "gone" },
  "boot-volume": {
    PROVISIONING: "moving",
    RESTORING: "moving",
    TERMINATING: "moving",
    TERMINATED: "gone",
  },
  image: { PROVISIONING: "moving", IMPORTING: "moving", EXPORTING: "moving", DELETED: "gone" },
};

function progressOf({ kind, lifecycleState }: Remainder): Progress {
  return PROGRESS[kind][lifecycleState] ?? "there";
}

type Claim = "remove" | "look" | "leave";

/** What an instance of ours holds goes with it. What one of somebody else's holds cannot be deleted, tagged or not. */
function claimOn(
  { attachments }: ListedVolume,
  owner: VolumeOwner,
  ours: readonly ListedInstance[],
): Claim {
  const holders = attachments.filter(({ holds }) => holds).map((it) => it.instanceOcid);
  const isHeldByOurs = ours.some(({ instanceOcid }) => holders.includes(instanceOcid));
  switch (owner) {
    case "ours":
      if (holders.length === 0) return "remove";
      return isHeldByOurs ? "leave" : "look";
    case "perhaps-ours":
      return holders.length === 0 ? "look" : "leave";
    case "not-ours":
      return "leave";
  }
}

function ofInstance({
  instanceOcid,
  displayName,
  lifecycleState,
  tags,
}: ListedInstance): Remainder {
  return { kind: "instance", ocid: instanceOcid, name: displayName, lifecycleState, tags };
}

function ofVolume({ bootVolumeOcid, displayName, lifecycleState, tags }: ListedVolume): Remainder {
  return { kind: "boot-volume", ocid: bootVolumeOcid, name: displayName, lifecycleState, tags };
}

function ofImage({ imageOcid, displayName, lifecycleState, tags }: ListedImage): Remainder {
  return { kind: "image", ocid: imageOcid, name: displayName, lifecycleState, tags };
}
