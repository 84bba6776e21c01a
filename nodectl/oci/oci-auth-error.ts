/** The credentials cannot be used; the message says which and what to check. */
export class OciAuthError extends Error {
  override readonly name = "OciAuthError";
}
