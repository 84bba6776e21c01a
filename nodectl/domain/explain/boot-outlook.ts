import { bootKey, readBootKey, type CapacityEntry } from "../capacity-entry.ts";
import type { LaunchSpecification } from "../launch-specification.ts";
import { shapeLabel, type Placement } from "../placement.ts";
import { bootRemedy } from "../reconcile/boot-remedy.ts";
import type { Advice } from "./explanation.ts";
import type { ClusterFacts } from "./facts.ts";

/** Of this image and shape nothing is launched, wherever, because its boots fail. */
export interface BootRefusal {
  readonly kind: "boot";
  /** How many boots failed, and what the last machine said. */
  readonly message: string;
  readonly imageOcid: string;
  /** That machine's node, if the file tells. */
  readonly node: string | undefined;
  /** When one node may try. */
  readonly untilMs: number;
}

type Known = Pick<ClusterFacts, "nowMs" | "imageOcid" | "groups">;

/** Whether boots of a placement's shape fail with the image of its node, as far as that is known. */
export function closedBoot(
  placement: Placement,
  specification: LaunchSpecification,
  entries: ReadonlyMap<string, CapacityEntry>,
  facts: Known,
): BootRefusal | undefined {
  const imageOcid = specification.imageOcid ?? facts.imageOcid;
  const candidates =
    imageOcid === undefined
      ? entriesOfDefaultImage(shapeLabel(placement), entries, facts)
      : [entries.get(bootKey(imageOcid, placement))];
  const entry = candidates.find((it) => it?.kind === "boot" && it.untilMs > facts.nowMs);
  const key = entry && readBootKey(entry.key);
  if (entry === undefined || key === undefined) return undefined;
  const { message, untilMs, node } = entry;
  return { kind: "boot", message, imageOcid: key.imageOcid, node, untilMs };
}

/** Who may not read the settings does not know the image: it is none of those that the limits name. */
function entriesOfDefaultImage(
  shape: string,
  entries: ReadonlyMap<string, CapacityEntry>,
  { groups }: Known,
): readonly CapacityEntry[] {
  const named = new Set(groups.map(({ specification }) => specification.imageOcid));
  return [...entries.values()].filter(({ key: text }) => {
    const key = readBootKey(text);
    return key?.shape === shape && !named.has(key.imageOcid);
  });
}

/** What the file of capacities has of boots that fail, or no more than a reason that names them. */
export type KnownBoots = Pick<BootRefusal, "message"> & Partial<Pick<BootRefusal, "node">>;

/** What an admin does about boots that fail; the last when they are mended. */
export function bootAdvice(
  { message, node = "NODE" }: KnownBoots,
  { capacityFile, userDataFile, pause }: Facts,
): readonly Advice[] {
  const { text, isShared } = bootRemedy(message, userDataFile);
  return [
    {
      text: "An admin finds the end of the console of the last machine that failed in",
      command: `sudo citc logs ${node}`,
    },
    { text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` },
    ...(isShared && pause === undefined ? [PAUSE_ADVICE] : []),
    {
      text: "To have the same image tried before its time, by all nodes that wait for it, take the entries about boots out of the file of capacities:",
      command: `sudo sed -i '/"kind":"boot"/d' ${capacityFile}`,
    },
  ];
}

type Facts = Pick<ClusterFacts, "capacityFile" | "userDataFile" | "pause">;

const PAUSE_ADVICE: Advice = {
  text: "When other images and shapes fail at the same, each with machines of its own, stop all launching until it is mended:",
  command: "sudo citc pause",
};
