import type { KeyObject } from "node:crypto";

/** A private key and the name under which OCI knows its public half. They change together. */
export interface SigningKey {
  /** `<tenancy>/<user>/<fingerprint>` of an API key, `ST$<token>` of an instance principal. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Who signs the requests. */
export interface SigningIdentity {
  /** The key of the moment: asked for with every request. Throws OciAuthError when there is none to be had. */
  signingKey(): Promise<SigningKey>;
  /**
   * OCI has refused a request that was signed under this key id. True: there is another key now, and a repetition of
   * the request makes sense. However many calls ask at once, one key is fetched.
   */
  renew(refusedKeyId: string): Promise<boolean>;
}

/** A key that stays the same, such as a user's API key. */
export function fixedIdentity(key: SigningKey): SigningIdentity {
  return { signingKey: () => Promise.resolve(key), renew: () => Promise.resolve(false) };
}
