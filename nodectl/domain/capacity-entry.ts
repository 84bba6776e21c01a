import { parseJsonObject } from "./json-object.ts";
import type { ShapeOffer } from "./launch-specification.ts";
import { shapeLabel, type Placement } from "./placement.ts";

/** What a placement answered, as the file of capacities keeps it. */
export interface CapacityEntry {
  /** A placement, or with `limit` all placements that share its service limit. */
  readonly key: string;
  readonly kind: "capacity" | "limit" | "boot" | "open";
  /** Milliseconds since the epoch; from then on one node may try again. 0 when open. */
  readonly untilMs: number;
  /** OCI's words, for the reason of whoever is not even tried. */
  readonly message: string;
  /** With `boot`: the node whose boot failed last, because people read its console. */
  readonly node?: string;
}

/** Capacity is a matter of the machine, the racks and what is paid for it. */
export function capacityKey(placement: Placement): string {
  const { availabilityDomain, faultDomain = "any", capacityType } = placement;
  return [shapeLabel(placement), availabilityDomain, faultDomain, capacityType].join(" ");
}

/** Boots that fail are a matter of the image and the shape, wherever it stands. */
export function bootKey(imageOcid: string, offer: ShapeOffer): string {
  return ["boot", imageOcid, shapeLabel(offer)].join(" ");
}

/** Service limits and quotas know no fault domains. */
export function limitKey(placement: Placement): string {
  const { availabilityDomain, capacityType } = placement;
  return ["limit", shapeLabel(placement), availabilityDomain, capacityType].join(" ");
}

/** Of entries in the order in which they were written: the last one of a key counts. */
export function newestByKey(entries: readonly CapacityEntry[]): ReadonlyMap<string, CapacityEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** So many pairs of image and shape: 30 kB. */
const HALF_OPEN_BOOTS_MAX = 64;

/**
 * What a file that is written anew has to keep: the newest of each key that still counts, and of boots that failed also
 * what does not. Until one node has tried such a pair it is half open: without its entry all that wait would be launched
 * at once. Of placements the same costs a refused call each, not a machine.
 */
export function entriesToKeep(
  entries: readonly CapacityEntry[],
  nowMs: number,
): readonly CapacityEntry[] {
  const newest = [...newestByKey(entries).values()];
  const halfOpen = newest
    .filter(({ kind, untilMs }) => kind === "boot" && untilMs <= nowMs)
    .toSorted((a, b) => b.untilMs - a.untilMs)
    .slice(0, HALF_OPEN_BOOTS_MAX);
  return [...newest.filter(({ untilMs }) => untilMs > nowMs), ...halfOpen];
}

/** What a key of bootKey() stands for; undefined for a key of another form. */
export function readBootKey(
  key: string,
): { readonly imageOcid: string; readonly shape: string } | undefined {
  const [kind, imageOcid, shape, ...rest] = key.split(" ");
  return kind === "boot" && imageOcid && shape && rest.length === 0
    ? { imageOcid, shape }
    : undefined;
}

/** What a key of either other kind stands for, in its own words. */
export interface KeyWords {
  /** With its sizes. */
  readonly shape: string;
  readonly availabilityDomain: string;
  readonly capacityType: string;
}

/** undefined for a key of another form. */
export function readCapacityKey(key: string): KeyWords | undefined {
  const words = key.replace(/^limit /, "").split(" ");
  const [shape, availabilityDomain] = words;
  const capacityType = words.at(-1);
  const isKnown = words.length === (key.startsWith("limit ") ? 3 : 4);
  return isKnown && shape && availabilityDomain && capacityType
    ? { shape, availabilityDomain, capacityType }
    : undefined;
}

/** Reads one line of the file; undefined for what is none of ours: a torn line costs a call, nothing more. */
export function parseCapacityEntry(line: string): CapacityEntry | undefined {
  const fields: Partial<Record<keyof CapacityEntry, unknown>> = parseJsonObject(line) ?? {};
  const { key, kind, untilMs, message, node } = fields;
  const isKind = kind === "capacity" || kind === "limit" || kind === "boot" || kind === "open";
  if (typeof key !== "string" || !isKind) return undefined;
  if (typeof untilMs !== "number" || typeof message !== "string") return undefined;
  return { key, kind, untilMs, message, ...(typeof node === "string" && { node }) };
}
