import { createHash } from "node:crypto";

export interface RetryTokenParts {
  readonly clusterId: string;
  readonly nodeName: string;
  readonly availabilityDomain: string;
  /** OCID of the newest instance that this node ever had and OCI still lists; absent when there is none. */
  readonly newestEarlierInstanceOcid: string | undefined;
  /** Counts the tokens that OCI has declared spent in this run. */
  readonly attempt: number;
}

/**
 * The opc-retry-token of a launch (at most 64 characters, kept by OCI for 24 hours). A run that was killed and is
 * repeated gives the same token and so gets the same instance; the next power cycle has another earlier instance
 * and so gets another token. No journal is needed for either.
 */
export function retryToken(parts: RetryTokenParts): string {
  const text = JSON.stringify([
    parts.clusterId,
    parts.nodeName,
    parts.availabilityDomain,
    parts.newestEarlierInstanceOcid ?? "none",
    parts.attempt,
  ]);
  return createHash("sha256").update(text).digest("hex");
}
