import { gzipSync } from "node:zlib";

/** OCI's bound on metadata and extendedMetadata together; user data counts in base64 (LaunchInstanceDetails). */
export const METADATA_BYTES_MAX = 32_000;

const GZIP_OS_UNKNOWN = 255;
const GZIP_TIME_OFFSET = 4;
const GZIP_OS_OFFSET = 9;

/**
 * The boot script as OCI and cloud-init take it: base64 of gzip. The same text always gives the same bytes (no time
 * stamp, no operating system in gzip's header), because OCI refuses a retry token that comes with another payload.
 */
export function encodeUserData(script: string): string {
  const packed = gzipSync(Buffer.from(script, "utf8"), { level: 9 });
  packed.writeUInt32LE(0, GZIP_TIME_OFFSET);
  packed.writeUInt8(GZIP_OS_UNKNOWN, GZIP_OS_OFFSET);
  return packed.toString("base64");
}

/** The size that OCI counts: keys and values. */
export function metadataBytes(metadata: Readonly<Record<string, string>>): number {
  return Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}
