import { shapeLabel, type Placement } from "./placement.ts";

/** Why a placement gave no machine, now or not long ago. */
export interface RefusedPlacement {
  readonly placement: Placement;
  /** OCI's code and words. */
  readonly message: string;
  /** Milliseconds since the epoch: when it may be tried again. */
  readonly untilMs: number;
}

/** When the first of these placements may be tried again. */
export function nextTryMs(refused: readonly RefusedPlacement[]): number {
  return Math.min(...refused.map(({ untilMs }) => untilMs));
}

/**
 * One line for sinfo -R: what was said, of which shape and where. The same for
 * every node that was refused in the same places, so that sinfo shows them together.
 */
export function describeRefusedPlacements(refused: readonly RefusedPlacement[]): string {
  const places = new Map<string, Set<string>>();
  for (const { placement, message } of refused) {
    const kind = placement.capacityType === "preemptible" ? "preemptible " : "";
    const what = `${message.replace(/[.\s]+$/, "")} for ${kind}${shapeLabel(placement)}`;
    const where = places.get(what) ?? new Set();
    places.set(what, where.add(shortName(placement.availabilityDomain)));
  }
  const parts = [...places].map(([what, where]) => `${what} in ${[...where].join(", ")}`);
  return parts.join("; ");
}

/** Without the tenancy's prefix, which is the same everywhere: `Uocm:PHX-AD-1` -> `PHX-AD-1`. */
function shortName(availabilityDomain: string): string {
  return availabilityDomain.replace(/^[^:]*:/, "");
}
