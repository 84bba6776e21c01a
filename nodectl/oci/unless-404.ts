import { OciCallError } from "./oci-errors.ts";

/**
 * What OCI answers; undefined when that is 404: it does not have the thing, or does not let us see it.
 * @throws OciCallError for every other refusal
 */
export async function unless404<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OciCallError && error.failure.status === 404) return undefined;
    throw error;
  }
}
