import {
  newestByKey,
  readBootKey,
  readCapacityKey,
  type CapacityEntry,
  type KeyWords,
} from "../capacity-entry.ts";
import { shortDomain } from "../placement.ts";

/** A shape that nobody asks OCI for in an availability domain until then. */
export interface PlaceCoolDown extends KeyWords {
  /** No machine, or a service limit or quota. */
  readonly kind: "capacity" | "limit";
  /** Milliseconds since the epoch: the last of its fault domains. */
  readonly untilMs: number;
  /** OCI's words. */
  readonly message: string;
}

/** An image and shape of which nothing is launched until then, anywhere, because its boots fail. */
export interface BootCoolDown {
  readonly kind: "boot";
  /** With its sizes. */
  readonly shape: string;
  readonly imageOcid: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
  /** How many boots failed, and what the last machine said. */
  readonly message: string;
  /** That machine's node, if the file tells. */
  readonly node?: string;
}

export type CoolDown = PlaceCoolDown | BootCoolDown;

/** Those that still count, the fault domains of a place together, in the order of shapes and places. */
export function coolDownsOf(entries: readonly CapacityEntry[], nowMs: number): readonly CoolDown[] {
  const places = new Map<string, CoolDown>();
  for (const entry of newestByKey(entries).values()) {
    const coolDown = entry.untilMs > nowMs ? coolDownOf(entry) : undefined;
    if (coolDown === undefined) continue;
    const place = placeOf(coolDown);
    if ((places.get(place)?.untilMs ?? 0) < coolDown.untilMs) places.set(place, coolDown);
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, coolDown]) => coolDown);
}

function coolDownOf({ key, kind, ...rest }: CapacityEntry): CoolDown | undefined {
  switch (kind) {
    case "open":
      return undefined;
    case "boot": {
      const words = readBootKey(key);
      return words && { kind, ...words, ...rest };
    }
    case "capacity":
    case "limit": {
      const words = readCapacityKey(key);
      if (words === undefined) return undefined;
      const availabilityDomain = shortDomain(words.availabilityDomain);
      const { untilMs, message } = rest;
      return { ...words, availabilityDomain, kind, untilMs, message };
    }
  }
}

function placeOf(coolDown: CoolDown): string {
  const { shape, kind } = coolDown;
  const place =
    coolDown.kind === "boot"
      ? [coolDown.imageOcid]
      : [coolDown.availabilityDomain, coolDown.capacityType];
  return [shape, ...place, kind].join(" ");
}
