import { createHash, createPrivateKey, createSign, type KeyObject } from "node:crypto";

/** Who signs: the part of the SDK's authentication providers that a signature needs. */
export interface SigningIdentity {
  getKeyId(): Promise<string>;
  getPrivateKey(): string;
  getPassphrase(): string | null;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

const SIGNED_ALWAYS = ["x-date", "(request-target)", "host"];
const SIGNED_WITH_BODY = ["content-type", "content-length", "x-content-sha256"];
const METHODS_WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/**
 * Signs requests as OCI asks for ("Request Signatures" in Oracle's API documentation). The SDK's own signer parses
 * the key anew with a slow library for each request: this one keeps it as a KeyObject.
 */
export class RequestSigner {
  readonly #identity: SigningIdentity;
  readonly #now: () => number;
  #pem = "";
  #key: KeyObject | undefined;

  constructor(identity: SigningIdentity, now: () => number) {
    this.#identity = identity;
    this.#now = now;
  }

  /** Adds host, x-date, the body's digest and the authorization header. */
  async sign({ method, url, headers, body }: UnsignedRequest): Promise<void> {
    headers.set("host", url.host);
    headers.set("x-date", new Date(this.#now()).toUTCString());
    const names = [...SIGNED_ALWAYS];
    if (METHODS_WITH_BODY.has(method)) {
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      headers.set("content-length", String(Buffer.byteLength(body)));
      headers.set("x-content-sha256", createHash("sha256").update(body).digest("base64"));
      names.push(...SIGNED_WITH_BODY);
    }
    const keyId = await this.#identity.getKeyId();
    const target = `${method.toLowerCase()} ${url.pathname}${url.search}`;
    const text = names
      .map((name) => `${name}: ${name === "(request-target)" ? target : (headers.get(name) ?? "")}`)
      .join("\n");
    const signature = createSign("RSA-SHA256").update(text).sign(this.#privateKey(), "base64");
    headers.set(
      "authorization",
      `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names.join(" ")}",signature="${signature}"`,
    );
  }

  /** Instance principals change their key when the token is renewed, so the text is compared each time. */
  #privateKey(): KeyObject {
    const pem = this.#identity.getPrivateKey();
    if (this.#key === undefined || pem !== this.#pem) {
      const passphrase = this.#identity.getPassphrase();
      this.#key = createPrivateKey({ key: pem, ...(passphrase !== null && { passphrase }) });
      this.#pem = pem;
    }
    return this.#key;
  }
}
