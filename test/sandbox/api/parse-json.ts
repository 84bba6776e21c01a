import { cannotParseRequest } from "./api-error.ts";

/** A request's body as JSON. @throws ApiError as OCI refuses what is none */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw cannotParseRequest(`the body is not JSON: ${error.message}`);
  }
}
