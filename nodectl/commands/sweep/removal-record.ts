import type { Remainder, Remains } from "../../domain/sweep/remains.ts";
import { PASSING } from "../../oci/oci-errors.ts";
import type { OciFailure } from "../../oci/provider.ts";

/** A missing policy answers the same again: a second try is for one that has just been written. */
const LASTING_REFUSALS_MAX = 2;

/** What a sweep did so far, and what OCI said. */
export class RemovalRecord {
  readonly #accepted = new Map<string, Remainder>();
  readonly #refusals = new Map<string, OciFailure>();
  readonly #lastingRefusals = new Map<string, number>();
  #lookedAt: ReadonlySet<string> = new Set();

  /**
   * What is to be removed after this look. A boot volume has no tag that proves it ours, and a list may come back short: it is
   * removed when two looks in a row say the same.
   */
  dueOf({ removable }: Remains): readonly Remainder[] {
    const before = this.#lookedAt;
    this.#lookedAt = new Set(removable.map(({ ocid }) => ocid));
    return removable.filter(
      (item) => (item.kind !== "boot-volume" || before.has(item.ocid)) && !this.isGivenUp(item),
    );
  }

  noteAccepted(item: Remainder): void {
    this.#accepted.set(item.ocid, item);
    this.#refusals.delete(item.ocid);
  }

  noteRefused({ ocid }: Remainder, failure: OciFailure): void {
    this.#refusals.set(ocid, failure);
    if (PASSING.has(failure.class)) return;
    this.#lastingRefusals.set(ocid, (this.#lastingRefusals.get(ocid) ?? 0) + 1);
  }

  isGivenUp({ ocid }: Remainder): boolean {
    return (this.#lastingRefusals.get(ocid) ?? 0) >= LASTING_REFUSALS_MAX;
  }

  /** The last that OCI said to a removal, unless it was accepted since. */
  refusalOf({ ocid }: Remainder): OciFailure | undefined {
    return this.#refusals.get(ocid);
  }

  /** Whose removal was accepted, whether or not it has ended. */
  get accepted(): readonly Remainder[] {
    return [...this.#accepted.values()];
  }
}
