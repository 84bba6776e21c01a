import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./api-error.ts";
import type { Federation, SigningParty } from "./federation.ts";
import { FEDERATION_PATH } from "./operations-federation.ts";
import type { ApiKey } from "./region.ts";

/** OCI's tolerance; its text says so too. */
const CLOCK_SKEW_MAX_MS = 5 * 60 * 1000;

/** What a request with a body has to sign besides the rest (Oracle's "Request Signatures"). */
const BODY_HEADERS = ["content-length", "content-type", "x-content-sha256"];
/** Of the key id of a session. */
const TOKEN_PREFIX = "ST$";
const METHODS_WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who signed, and the hash of the body (which stands for the payload in retry tokens). */
export interface Signer extends Pick<SigningParty, "callerId" | "isAuthorized"> {
  readonly bodyHash: string;
}

interface SignatureFields {
  readonly keyId: string;
  readonly headers: readonly string[];
  readonly signature: string;
}

/**
 * Checks request signatures as OCI does (draft-cavage HTTP signatures, version 1, rsa-sha256). Every refusal is
 * 401 NotAuthenticated.
 */
export class SignatureVerifier {
  private readonly keys = new Map<string, KeyObject>();
  private readonly federation: Federation | undefined;

  /** Without a federation there are no instance principals. */
  constructor(apiKeys: readonly ApiKey[], federation?: Federation) {
    for (const { keyId, publicKeyPem } of apiKeys)
      this.keys.set(keyId, createPublicKey(publicKeyPem));
    this.federation = federation;
  }

  verify(request: SignedRequest, nowMs: number): Signer {
    const fields = parseAuthorization(request.headers.authorization);
    const party = this.findParty(fields.keyId, request, nowMs);
    if (party === undefined) throw notAuthenticated();
    checkSignedHeaders(fields.headers, request);
    checkDate(fields.headers, request.headers, nowMs);
    const text = signingText(fields.headers, request);
    const signature = Buffer.from(fields.signature, "base64");
    if (!verify("RSA-SHA256", Buffer.from(text), party.key, signature)) throw notAuthenticated();
    const bodyHash = createHash("sha256").update(request.body).digest("base64");
    if (hasBody(request) && request.headers["x-content-sha256"] !== bodyHash) {
      throw notAuthenticated();
    }
    return { callerId: party.callerId, isAuthorized: party.isAuthorized, bodyHash };
  }

  /** A certificate is good for a token and nothing else, and a token is not good for another. */
  private findParty(
    keyId: string,
    request: SignedRequest,
    nowMs: number,
  ): SigningParty | undefined {
    if (request.url === FEDERATION_PATH) {
      return this.federation?.certificateOf(keyId, request.body, nowMs);
    }
    if (keyId.startsWith(TOKEN_PREFIX)) {
      return this.federation?.sessionOf(keyId.slice(TOKEN_PREFIX.length), nowMs);
    }
    const key = this.keys.get(keyId);
    return key === undefined ? undefined : { key, callerId: keyId, isAuthorized: true };
  }
}

function notAuthenticated(
  message = "The required information to complete authentication was not provided or was incorrect.",
): ApiError {
  return new ApiError(401, "NotAuthenticated", message);
}

function hasBody(request: SignedRequest): boolean {
  return METHODS_WITH_BODY.has(request.method);
}

function parseAuthorization(authorization: string | undefined): SignatureFields {
  const match = /^Signature\s+(.+)$/.exec(authorization ?? "");
  if (match === null) throw notAuthenticated();
  const fields = new Map(
    [...(match[1] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map((one) => [one[1], one[2]]),
  );
  const keyId = fields.get("keyId");
  const signature = fields.get("signature");
  const isKnownForm = fields.get("version") === "1" && fields.get("algorithm") === "rsa-sha256";
  if (!isKnownForm || keyId === undefined || signature === undefined) throw notAuthenticated();
  return { keyId, signature, headers: (fields.get("headers") ?? "date").toLowerCase().split(" ") };
}

function checkSignedHeaders(signed: readonly string[], request: SignedRequest): void {
  const required = ["(request-target)", "host", ...(hasBody(request) ? BODY_HEADERS : [])];
  if (required.some((name) => !signed.includes(name))) throw notAuthenticated();
}

function checkDate(signed: readonly string[], headers: IncomingHttpHeaders, nowMs: number): void {
  const name = ["x-date", "date"].find((one) => signed.includes(one));
  const text = name === undefined ? undefined : headers[name];
  const dateMs = typeof text === "string" ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(dateMs)) throw notAuthenticated();
  if (Math.abs(dateMs - nowMs) <= CLOCK_SKEW_MAX_MS) return;
  const [now, from, to] = [nowMs, nowMs - CLOCK_SKEW_MAX_MS, nowMs + CLOCK_SKEW_MAX_MS].map(
    (timeMs) => new Date(timeMs).toUTCString(),
  );
  throw notAuthenticated(
    `Date '${String(text)}' is not within allowed clock skew. ` +
      `Current '${now}', valid datetime range: ['${from}', '${to}']`,
  );
}

function signingText(signed: readonly string[], request: SignedRequest): string {
  return signed
    .map((name) => {
      if (name === "(request-target)") {
        return `${name}: ${request.method.toLowerCase()} ${request.url}`;
      }
      const value = request.headers[name];
      if (value === undefined) throw notAuthenticated();
      return `${name}: ${String(value)}`;
    })
    .join("\n");
}
