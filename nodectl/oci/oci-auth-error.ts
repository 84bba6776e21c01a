export const NO_CREDENTIALS = "NoCredentials";

/** The credentials cannot be used; the message says which and what to check. */
export class OciAuthError extends Error {
  override readonly name = "OciAuthError";
  /** The SDK keeps this and the message of what is thrown below it, and nothing else. */
  readonly code = NO_CREDENTIALS;
}
