import type { CompartmentListing } from "../../../../nodectl/domain/sweep/listing.ts";
import type { Remainder } from "../../../../nodectl/domain/sweep/remains.ts";
import type {
  FailureClass,
  RemainsControl,
  RemoveOutcome,
} from "../../../../nodectl/oci/provider.ts";
import { listing } from "../../domain/sweep/listing-samples.ts";

/** A compartment that a test writes down look by look; the last listing stays. */
export class FakeCompartment implements RemainsControl {
  readonly removals: string[] = [];
  looks = 0;
  readonly #listings: readonly Partial<CompartmentListing>[];
  readonly #refusals: Map<string, FailureClass>;

  constructor(
    listings: readonly Partial<CompartmentListing>[],
    refusals: Readonly<Record<string, FailureClass>> = {},
  ) {
    this.#listings = listings;
    this.#refusals = new Map(Object.entries(refusals));
  }

  listCompartment(): Promise<CompartmentListing> {
    const index = Math.min(this.looks, this.#listings.length - 1);
    this.looks += 1;
    return Promise.resolve(listing(this.#listings[index]));
  }

  remove({ ocid }: Remainder): Promise<RemoveOutcome> {
    this.removals.push(ocid);
    const refusal = this.#refusals.get(ocid);
    if (refusal === undefined) return Promise.resolve({ kind: "removed" });
    const failure = { class: refusal, operation: "TerminateInstance", message: "no" };
    return Promise.resolve({ kind: "refused", failure });
  }
}
