import { createHash } from "node:crypto";
import { shapeLabel, type Placement } from "./placement.ts";

export interface RetryTokenParts {
  readonly clusterId: string;
  readonly nodeName: string;
  readonly placement: Placement;
  /** OCID of the newest instance that this node ever had and OCI still lists; absent when there is none. */
  readonly newestEarlierInstanceOcid: string | undefined;
  /** Counts the tokens that OCI has declared spent in this run. */
  readonly attempt: number;
}

/**
 * The opc-retry-token of a launch (at most 64 characters, kept by OCI for 24 hours). A run that was killed and is
 * repeated gives the same token and so gets the same instance; the next power cycle has another earlier instance
 * and so gets another token; so does another placement, whose request is another. No journal is needed for any.
 */
export function retryToken(parts: RetryTokenParts): string {
  const text = JSON.stringify([
    parts.clusterId,
    parts.nodeName,
    parts.placement.availabilityDomain,
    parts.placement.faultDomain ?? "any",
    shapeLabel(parts.placement),
    parts.placement.capacityType,
    parts.newestEarlierInstanceOcid ?? "none",
    parts.attempt,
  ]);
  return createHash("sha256").update(text).digest("hex");
}
