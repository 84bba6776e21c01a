import { capacityKey, limitKey, newestByKey, type CapacityEntry } from "../capacity-entry.ts";
import { ocidTail } from "../status/words.ts";
import { closedBoot, type BootRefusal } from "./boot-outlook.ts";
import { groupBy } from "../group-by.ts";
import { expandedNames } from "../group-names.ts";
import type { LaunchSpecification, NodeGroup } from "../launch-specification.ts";
import { rankPlacements, shapeLabel, shortDomain, type Placement } from "../placement.ts";
import type { ClusterFacts } from "./facts.ts";
import { timeWords } from "./time-words.ts";
import { withoutStop } from "./words.ts";

/** A shape in one availability domain, fault domains taken together: what OCI said of it not long ago. */
export interface PlaceOutlook {
  readonly shape: string;
  readonly availabilityDomain: string;
  readonly isPreemptible: boolean;
  /** `capacity`: no machine there; `limit`: a service limit or quota of the tenancy; `boot`: not asked for at all. */
  readonly refusal:
    | BootRefusal
    | {
        readonly kind: "capacity" | "limit";
        /** OCI's code and words. */
        readonly message: string;
        /** When one node may try there again. */
        readonly untilMs: number;
      }
    | undefined;
}

type Refusals = Pick<ClusterFacts, "capacity" | "nowMs" | "imageOcid" | "groups">;

/** What is known of every place where a node may be launched, the best first. */
export function outlookOf(
  nodeName: string,
  specification: LaunchSpecification,
  facts: Refusals,
): readonly PlaceOutlook[] {
  const { capacity, nowMs } = facts;
  const entries = newestByKey(capacity);
  const placements = rankPlacements(nodeName, specification);
  const places = groupBy(placements, (it) =>
    [shapeLabel(it), it.availabilityDomain, it.capacityType].join(" "),
  );
  return [...places.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const boot = closedBoot(first, specification, entries, facts);
    return [
      {
        shape: shapeLabel(first),
        availabilityDomain: shortDomain(first.availabilityDomain),
        isPreemptible: first.capacityType === "preemptible",
        refusal: boot ?? refusalOf(group, entries, nowMs),
      },
    ];
  });
}

/** The same of a group's first node: the others differ only in where they are tried first. */
export function groupOutlook(group: NodeGroup, facts: Refusals): readonly PlaceOutlook[] {
  const [name = ""] = expandedNames(group);
  return outlookOf(name, group.specification, facts);
}

/** OCI has not refused all of them lately. */
export function isAnyOpen(places: readonly PlaceOutlook[]): boolean {
  return places.some(({ refusal }) => refusal === undefined);
}

/** Closed when all of its placements are; tried again when the first of them may be. */
function refusalOf(
  placements: readonly Placement[],
  entries: ReadonlyMap<string, CapacityEntry>,
  nowMs: number,
): PlaceOutlook["refusal"] {
  const closed = placements.map((placement) => {
    const known = [limitKey(placement), capacityKey(placement)].flatMap(
      (key) => entries.get(key) ?? [],
    );
    return known.filter(({ untilMs, kind }) => kind !== "open" && untilMs > nowMs);
  });
  const [entry] = closed.flat();
  if (entry === undefined || entry.kind === "open" || entry.kind === "boot") return undefined;
  if (closed.some(({ length }) => length === 0)) return undefined;
  const untils = closed.map((those) => Math.max(...those.map(({ untilMs }) => untilMs)));
  const { kind, message } = entry;
  return { kind, message, untilMs: Math.min(...untils) };
}

/** `VM.Standard.E4.Flex.1.8 in PHX-AD-1`. */
export function placeWords({ shape, availabilityDomain, isPreemptible }: PlaceOutlook): string {
  return `${isPreemptible ? "preemptible " : ""}${shape} in ${availabilityDomain}`;
}

/** What was cut ends with a mark of its own. */
function sentence(text: string): string {
  return text.endsWith("…") ? text : `${text}.`;
}

/** One sentence for each place that refused; of failed boots one for all places, which they have in common. */
export function refusalWords(places: readonly PlaceOutlook[], nowMs: number): readonly string[] {
  const sentences = places.flatMap((place) => {
    const { refusal } = place;
    if (refusal === undefined) return [];
    const said = withoutStop(refusal.message);
    const when = timeWords(refusal.untilMs, nowMs);
    return refusal.kind === "boot"
      ? `Nothing of ${place.shape} with image ${ocidTail(refusal.imageOcid)} is launched: ${sentence(said)} After ${when} one node tries; the others wait for it to come up.`
      : `${placeWords(place)}: OCI said "${said}"; asked again after ${when}.`;
  });
  return [...new Set(sentences)];
}
