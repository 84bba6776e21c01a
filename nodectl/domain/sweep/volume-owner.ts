import { isComputeOf, isOfCluster, TAG } from "../cluster-tags.ts";
import { looksLikeNodeName } from "../node-name.ts";
import type { ListedInstance, ListedVolume } from "./listing.ts";

/** Whose a boot volume is, as far as OCI tells. */
export type VolumeOwner = "ours" | "perhaps-ours" | "not-ours";

/** OCI keeps the record of a terminated instance for 12 hours at least ("Terminating an instance"); an hour for our clock. */
const RECORD_MS_MIN = 11 * 3_600_000;
/** A volume is made when its instance is launched. */
const MADE_WITHIN_MS = 600_000;

/**
 * OCI gives a boot volume none of its instance's tags, and two clusters in one compartment have nodes of the same names. So
 * a volume is ours when
 *
 * - it has the cluster's tag (somebody copies them), or
 * - it is or was attached to an instance with the cluster's tags, or
 * - it is so young that the instance it was made with must still be listed, every listed instance of its name is ours, and one
 *   of them was launched at that time, in that availability domain and of that image.
 *
 * A name alone makes it perhaps ours, and nothing more.
 */
export function volumeOwner(
  volume: ListedVolume,
  instances: readonly ListedInstance[],
  clusterId: string,
  nowMs: number,
): VolumeOwner {
  const isOurs = ({ tags }: ListedInstance): boolean => isComputeOf(tags, clusterId);
  if (volume.tags[TAG.cluster] !== undefined) {
    return isOfCluster(volume.tags, clusterId) ? "ours" : "not-ours";
  }
  const attached = new Set(volume.attachments.map(({ instanceOcid }) => instanceOcid));
  const hosts = instances.filter(({ instanceOcid }) => attached.has(instanceOcid));
  if (!hosts.every(isOurs)) return "not-ours";
  const areAllKnown = hosts.length === attached.size;
  if (hosts.length > 0 && areAllKnown) return "ours";
  const namesakes = instances.filter(({ displayName }) => displayName === volume.instanceName);
  const isYoung = nowMs - volume.timeCreatedMs < RECORD_MS_MIN;
  if (areAllKnown && isYoung && namesakes.every(isOurs)) {
    if (namesakes.some((instance) => wasMadeWith(volume, instance))) return "ours";
  }
  const isNamedSo = namesakes.some(isOurs) || looksLikeNodeName(volume.instanceName ?? "");
  return isNamedSo ? "perhaps-ours" : "not-ours";
}

function wasMadeWith(volume: ListedVolume, instance: ListedInstance): boolean {
  return (
    volume.imageOcid !== undefined &&
    volume.imageOcid === instance.imageOcid &&
    volume.availabilityDomain === instance.availabilityDomain &&
    Math.abs(volume.timeCreatedMs - instance.timeCreatedMs) < MADE_WITHIN_MS
  );
}
