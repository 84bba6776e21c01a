import { shapeLabel, shortDomain, type Placement } from "./placement.ts";

/** Why a placement gave no machine, now or not long ago. */
export interface RefusedPlacement {
  readonly placement: Placement;
  /** OCI's code and words. */
  readonly message: string;
  /** Milliseconds since the epoch: when it may be tried again. Absent: no time will mend it, or nobody knows which. */
  readonly untilMs?: number;
}

/** When the first of these placements may be tried again; undefined when none says. */
export function nextTryMs(refused: Iterable<RefusedPlacement>): number | undefined {
  const times = [...refused].flatMap(({ untilMs }) => untilMs ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * One line for sinfo -R: what was said, of which shape and where. The same for
 * every node that was refused in the same places, so that sinfo shows them together.
 */
export function describeRefusedPlacements(refused: Iterable<RefusedPlacement>): string {
  const places = new Map<string, Set<string>>();
  for (const { placement, message } of refused) {
    const what = `${message.replace(/[.\s]+$/, "")} for ${describeOffer(placement)}`;
    const where = places.get(what) ?? new Set();
    places.set(what, where.add(shortDomain(placement.availabilityDomain)));
  }
  const parts = [...places].map(([what, where]) => `${what} in ${[...where].join(", ")}`);
  return parts.join("; ");
}

/** `preemptible VM.Standard.E4.Flex.8.64 in PHX-AD-1`. */
export function describePlacement(placement: Placement): string {
  return `${describeOffer(placement)} in ${shortDomain(placement.availabilityDomain)}`;
}

function describeOffer(placement: Placement): string {
  const kind = placement.capacityType === "preemptible" ? "preemptible " : "";
  return `${kind}${shapeLabel(placement)}`;
}
