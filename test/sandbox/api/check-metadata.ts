import { invalidParameter } from "./api-error.ts";
import type { FieldReader } from "./field-reader.ts";
import type { LaunchOrder } from "./launch-order.ts";

/** OCI's limit for metadata and extendedMetadata together (API reference, LaunchInstanceDetails). */
const METADATA_BYTES_MAX = 32_000;
/** Oracle's "Resource tags": ten free-form tags a resource, keys up to 100 and values up to 256 characters. */
const TAG_COUNT_MAX = 10;
const TAG_KEY_LENGTH_MAX = 100;
const TAG_VALUE_LENGTH_MAX = 256;

export function checkMetadata(
  fields: FieldReader,
): Pick<LaunchOrder, "metadata" | "extendedMetadata"> {
  const metadata = fields.stringMap("metadata") ?? {};
  const extendedMetadata = fields.anyObject("extendedMetadata") ?? {};
  const bytes =
    Buffer.byteLength(JSON.stringify(metadata)) +
    Buffer.byteLength(JSON.stringify(extendedMetadata)) -
    "{}{}".length;
  if (bytes > METADATA_BYTES_MAX) {
    throw invalidParameter(
      `Metadata size is ${bytes} bytes, which is more than the maximum of ${METADATA_BYTES_MAX} bytes`,
    );
  }
  const userData = metadata["user_data"];
  if (userData !== undefined && !isBase64(userData)) {
    throw invalidParameter("metadata.user_data is not base64 encoded");
  }
  return { metadata, extendedMetadata };
}

export function checkTags(fields: FieldReader): Pick<LaunchOrder, "freeformTags" | "definedTags"> {
  const freeformTags = fields.stringMap("freeformTags") ?? {};
  const entries = Object.entries(freeformTags);
  if (entries.length > TAG_COUNT_MAX) {
    throw invalidParameter(`freeformTags size must be between 0 and ${TAG_COUNT_MAX}`);
  }
  for (const [key, value] of entries) {
    const isKeyValid = /^[^.\s]+$/.test(key) && key.length <= TAG_KEY_LENGTH_MAX;
    if (!isKeyValid || value.length > TAG_VALUE_LENGTH_MAX) {
      throw invalidParameter(`freeformTags.${key} is not a valid tag`);
    }
  }
  return { freeformTags, definedTags: fields.anyObject("definedTags") ?? {} };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
