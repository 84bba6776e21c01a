/**
 * An answer that OCI gives instead of a result: thrown anywhere while a call is processed, turned into
 * `{code, message}` at one place (oci-door.ts). Codes: Oracle's API reference, "API Errors"; texts: as users report them.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function invalidParameter(message: string): ApiError {
  return new ApiError(400, "InvalidParameter", message);
}

export function missingParameter(name: string): ApiError {
  return new ApiError(400, "MissingParameter", `Missing required parameter: ${name}`);
}

/** OCI says only its first sentence; the detail in brackets is ours, for the person who has to find the field. */
export function cannotParseRequest(detail: string): ApiError {
  return new ApiError(
    400,
    "CannotParseRequest",
    `Incorrectly formatted request. Please refer to our documentation for help. (${detail})`,
  );
}

/** What the path or the query names does not exist, or the caller may not see it: OCI does not tell which. */
export function notAuthorizedOrNotFound(
  message = "Authorization failed or requested resource not found.",
): ApiError {
  return new ApiError(404, "NotAuthorizedOrNotFound", message);
}

/** The same for what a request's body names. */
export function relatedResourceNotFound(what: string, ocid: string): ApiError {
  return new ApiError(
    400,
    "RelatedResourceNotAuthorizedOrNotFound",
    `Authorization failed or related resource not found: ${what} ${ocid}`,
  );
}

export function limitExceeded(limitNames: readonly string[]): ApiError {
  return new ApiError(
    400,
    "LimitExceeded",
    `The following service limits were exceeded: ${limitNames.join(", ")}. ` +
      "Request a service limit increase from the service limits page in the console.",
  );
}

/** The exact text, full stop included: clients tell capacity from other 500s by it. */
export const OUT_OF_HOST_CAPACITY = "Out of host capacity.";

export function outOfHostCapacity(): ApiError {
  return new ApiError(500, "InternalError", OUT_OF_HOST_CAPACITY);
}

export function incorrectState(message: string): ApiError {
  return new ApiError(409, "IncorrectState", message);
}
