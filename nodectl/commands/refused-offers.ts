import type { LaunchSpecification } from "../domain/launch-specification.ts";
import { shapeLabel, type Placement } from "../domain/placement.ts";
import type { RefusedPlacement } from "../domain/refused-placements.ts";
import type { OciFailure } from "../oci/provider.ts";

/** A placement that OCI refuses as it stands, and what it said. */
export interface RefusedOffer extends RefusedPlacement {
  readonly failure: OciFailure;
}

/**
 * Refusals that concern all launches of a kind: a missing policy, or a shape that is not to be had as preemptible
 * capacity, is not asked for 1,000 times. A 404 may mean a wrong image of one kind alone, so that others are still tried.
 */
export class RefusedOffers {
  readonly #refused = new Map<string, RefusedOffer>();

  of(specification: LaunchSpecification, placement: Placement): RefusedOffer | undefined {
    return this.#refused.get(kindOf(specification, placement));
  }

  add(specification: LaunchSpecification, refused: RefusedOffer): void {
    this.#refused.set(kindOf(specification, refused.placement), refused);
  }
}

function kindOf(specification: LaunchSpecification, placement: Placement): string {
  const { imageOcid = "", availabilityDomains } = specification;
  const { capacityType } = placement;
  return [shapeLabel(placement), capacityType, imageOcid, ...availabilityDomains].join(" ");
}
