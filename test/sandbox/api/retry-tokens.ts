import { ApiError, invalidParameter } from "./api-error.ts";

/** OCI's limit (API reference, opc-retry-token). */
const TOKEN_LENGTH_MAX = 64;

interface Entry {
  readonly payloadHash: string;
  readonly instanceOcid: string;
  readonly expiresAtMs: number;
}

/**
 * Which token launched which instance. The same token with the same payload gives the same instance; with another
 * payload it is refused (observed by users of karpenter-provider-oci). Payloads are compared byte by byte.
 */
export class RetryTokens {
  private readonly entries = new Map<string, Entry>();
  private readonly lifetimeMs: number;

  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs;
  }

  /** The instance that this token launched; undefined when the token is new. Throws for a misused token. */
  find(token: string, payloadHash: string, nowMs: number): string | undefined {
    if (token.length > TOKEN_LENGTH_MAX) {
      throw invalidParameter(`opc-retry-token size must be between 1 and ${TOKEN_LENGTH_MAX}`);
    }
    const entry = this.entries.get(token);
    if (entry === undefined || entry.expiresAtMs <= nowMs) return undefined;
    if (entry.payloadHash !== payloadHash) {
      throw invalidatedRetryToken("The retry token is currently in use for a different request.");
    }
    return entry.instanceOcid;
  }

  remember(token: string, payloadHash: string, instanceOcid: string, nowMs: number): void {
    this.dropExpired(nowMs);
    // Deleting first keeps the map in the order of expiry.
    this.entries.delete(token);
    this.entries.set(token, { payloadHash, instanceOcid, expiresAtMs: nowMs + this.lifetimeMs });
  }

  private dropExpired(nowMs: number): void {
    for (const [token, entry] of this.entries) {
      if (entry.expiresAtMs > nowMs) return;
      this.entries.delete(token);
    }
  }
}

export function invalidatedRetryToken(message: string): ApiError {
  return new ApiError(409, "InvalidatedRetryToken", message);
}
