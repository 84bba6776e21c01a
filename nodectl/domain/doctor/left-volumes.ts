import { type Finding, ok, warning } from "./finding.ts";

/** A boot volume that no instance boots from. */
export interface LeftVolume {
  readonly bootVolumeOcid: string;
  /** Of the instance that it was made with. */
  readonly instanceName?: string;
  readonly sizeGib: number;
  readonly timeCreatedMs: number;
}

/** A launch that is under way, or a termination, has a volume without an instance for some minutes. */
const AGE_MS_MIN = 3_600_000;

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
  const others = left.length === 1 ? "" : ` and ${left.length - 1} more`;
  const seen = `${gib} GB of nodes that are gone: ${first.instanceName ?? ""}${others}`;
  const fix = `oci bv boot-volume delete --boot-volume-id ${first.bootVolumeOcid}${others}: they cost`;
  return warning(seen, fix);
}
