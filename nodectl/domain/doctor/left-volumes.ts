import { ocidTail } from "../status/words.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** A boot volume that no instance boots from. */
export interface LeftVolume {
  readonly bootVolumeOcid: string;
  /** Of the instance that it was made with. */
  readonly instanceName?: string;
  /** What it was made of; absent when that was another volume. */
  readonly imageOcid?: string;
  readonly sizeGib: number;
  readonly timeCreatedMs: number;
}

/** A launch that is under way, or a termination, has a volume without an instance for some minutes. */
const AGE_MS_MIN = 3_600_000;

/** More of them nobody reads; what is deleted is no longer named. */
const NAMED_MAX = 5;

/** Volumes carry no tags of ours: their names tell whose they were, and of two clusters in one compartment not which. */
export function judgeVolumes(
  volumes: readonly LeftVolume[],
  nodeNames: ReadonlySet<string>,
  nowMs: number,
): Finding {
  const left = volumes.filter(
    ({ instanceName, timeCreatedMs }) =>
      nodeNames.has(instanceName ?? "") && nowMs - timeCreatedMs >= AGE_MS_MIN,
  );
  const [first] = left;
  if (first === undefined) return ok("no node left one behind");
  const gib = left.reduce((sum, { sizeGib }) => sum + sizeGib, 0);
  const named = left.slice(0, NAMED_MAX).map(volumeWords);
  const more = left.length - named.length;
  const others = more === 0 ? "" : ` and ${more} more`;
  const seen = `${gib} GB of nodes that are gone: ${named.join(", ")}${others}`;
  const rest = left.length === 1 ? "it costs" : "then the others (run this again): they cost";
  const fix = `oci bv boot-volume delete --boot-volume-id ${first.bootVolumeOcid}; ${rest}`;
  return warning(seen, fix);
}

function volumeWords({ instanceName = "", imageOcid }: LeftVolume): string {
  const source = imageOcid === undefined ? "another volume" : `image ${ocidTail(imageOcid)}`;
  return `${instanceName} (from ${source})`;
}
