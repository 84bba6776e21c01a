import type { HttpClient, HttpRequest } from "oci-common";
import { keyIdOf } from "./request-signature.ts";
import type { SigningIdentity } from "./signing-identity.ts";

const NOT_AUTHENTICATED = 401;

/**
 * Repeats a request once, with a new key, when OCI has stopped accepting the key that signed it: an instance
 * principal's token may expire on its way. A key that was never accepted is not renewed: then the reason is another.
 */
export class RenewingHttpClient implements HttpClient {
  readonly #inner: HttpClient;
  readonly #identity: SigningIdentity;
  readonly #accepted = new Set<string>();

  /** The inner client signs, and leaves its signature in the request's headers. */
  constructor(inner: HttpClient, identity: SigningIdentity) {
    this.#inner = inner;
    this.#identity = identity;
  }

  async send(request: HttpRequest): Promise<Response> {
    const answer = await this.#inner.send(request);
    const keyId = keyIdOf(request.headers);
    if (answer.status !== NOT_AUTHENTICATED) {
      // As many as there were tokens in the life of this process: a few.
      if (keyId !== undefined) this.#accepted.add(keyId);
      return answer;
    }
    if (keyId === undefined || !this.#accepted.has(keyId)) return answer;
    if (!(await this.#identity.renew(keyId))) return answer;
    return await this.#inner.send(request);
  }
}
