import { createHash, createSign } from "node:crypto";
import type { SigningIdentity } from "./signing-identity.ts";

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** OCI takes either for the time of a request; what is not a browser may set both. */
export type DateHeader = "date" | "x-date";

const SIGNED_WITH_BODY = ["content-type", "content-length", "x-content-sha256"];
const METHODS_WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/**
 * Signs requests as OCI asks for ("Request Signatures" in Oracle's API documentation). The SDK's own signer parses
 * the key anew with a slow library for each request: this one keeps it as a KeyObject.
 */
export class RequestSigner {
  readonly #identity: SigningIdentity;
  readonly #now: () => number;
  readonly #dateHeader: DateHeader;

  constructor(identity: SigningIdentity, now: () => number, dateHeader: DateHeader = "x-date") {
    this.#identity = identity;
    this.#now = now;
    this.#dateHeader = dateHeader;
  }

  /** Adds host, time, the body's digest and the authorization header, or replaces them. */
  async sign({ method, url, headers, body }: UnsignedRequest): Promise<void> {
    headers.set("host", url.host);
    headers.set(this.#dateHeader, new Date(this.#now()).toUTCString());
    const names = [this.#dateHeader, "(request-target)", "host"];
    if (METHODS_WITH_BODY.has(method)) {
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      headers.set("content-length", String(Buffer.byteLength(body)));
      headers.set("x-content-sha256", createHash("sha256").update(body).digest("base64"));
      names.push(...SIGNED_WITH_BODY);
    }
    const { keyId, privateKey } = await this.#identity.signingKey();
    const target = `${method.toLowerCase()} ${url.pathname}${url.search}`;
    const text = names
      .map((name) => `${name}: ${name === "(request-target)" ? target : (headers.get(name) ?? "")}`)
      .join("\n");
    const signature = createSign("RSA-SHA256").update(text).sign(privateKey, "base64");
    headers.set(
      "authorization",
      `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names.join(" ")}",signature="${signature}"`,
    );
  }
}

/** The key id of a request that was signed; undefined when it was not. */
export function keyIdOf(headers: Headers): string | undefined {
  return /keyId="([^"]*)"/.exec(headers.get("authorization") ?? "")?.[1];
}
