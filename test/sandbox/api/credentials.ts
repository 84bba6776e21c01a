import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createOcidSource } from "./ocids.ts";
import type { ApiKey } from "./region.ts";

/** An API key with its private half. */
export interface Credentials extends ApiKey {
  readonly userOcid: string;
  readonly tenancyOcid: string;
  readonly fingerprint: string;
  readonly privateKeyPem: string;
}

/** A new key for a new user of the tenancy. The fingerprint is the MD5 of the DER form, as OCI shows it. */
export function createCredentials(tenancyOcid: string, seed = "sandbox"): Credentials {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = publicKey.export({ type: "spki", format: "der" });
  const digits = createHash("md5").update(der).digest("hex");
  const fingerprint = (digits.match(/../g) ?? []).join(":");
  const userOcid = createOcidSource("", seed)("user");
  return {
    userOcid,
    tenancyOcid,
    fingerprint,
    keyId: `${tenancyOcid}/${userOcid}/${fingerprint}`,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** What the region knows of it, and may show. */
export function publicHalf({ keyId, publicKeyPem }: Credentials): ApiKey {
  return { keyId, publicKeyPem };
}

/** Where writeCredentials writes. */
export function credentialPaths(directory: string): {
  readonly config: string;
  readonly key: string;
} {
  return { config: join(directory, "config"), key: join(directory, "api-key.pem") };
}

/**
 * Writes an OCI config file and its key into the directory (an absolute path, because the config file names the
 * key's), readable by the owner only. Format: Oracle's "SDK and CLI Configuration File".
 */
export async function writeCredentials(
  directory: string,
  credentials: Credentials,
  regionName: string,
): Promise<void> {
  const { config, key } = credentialPaths(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writePrivateFile(key, credentials.privateKeyPem);
  const lines = [
    "[DEFAULT]",
    `user=${credentials.userOcid}`,
    `fingerprint=${credentials.fingerprint}`,
    `tenancy=${credentials.tenancyOcid}`,
    `region=${regionName}`,
    `key_file=${key}`,
    "",
  ];
  await writePrivateFile(config, lines.join("\n"));
}

/** The mode of an existing file is not changed by writing it: remove it first. */
async function writePrivateFile(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: "wx" });
}
