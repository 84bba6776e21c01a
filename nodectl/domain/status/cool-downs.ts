import {
  newestByKey,
  readCapacityKey,
  type CapacityEntry,
  type KeyWords,
} from "../capacity-entry.ts";
import { shortDomain } from "../placement.ts";

/** A shape that nobody asks OCI for in an availability domain until then. */
export interface CoolDown extends KeyWords {
  /** No machine, or a service limit or quota. */
  readonly kind: "capacity" | "limit";
  /** Milliseconds since the epoch: the last of its fault domains. */
  readonly untilMs: number;
  /** OCI's words. */
  readonly message: string;
}

/** Those that still count, the fault domains of a place together, in the order of shapes and places. */
export function coolDownsOf(entries: readonly CapacityEntry[], nowMs: number): readonly CoolDown[] {
  const places = new Map<string, CoolDown>();
  for (const { key, kind, untilMs, message } of newestByKey(entries).values()) {
    const words = readCapacityKey(key);
    if (words === undefined || kind === "open" || kind === "boot" || untilMs <= nowMs) continue;
    const availabilityDomain = shortDomain(words.availabilityDomain);
    const coolDown = { ...words, availabilityDomain, kind, untilMs, message };
    const place = [words.shape, availabilityDomain, words.capacityType, kind].join(" ");
    if ((places.get(place)?.untilMs ?? 0) < untilMs) places.set(place, coolDown);
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, coolDown]) => coolDown);
}
