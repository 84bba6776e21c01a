import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import type { ApiIdentity, ClusterSecrets } from "./cluster-description.ts";

/** Keys for one cluster. */
export function createSecrets(clusterId: string, userOcid: string): ClusterSecrets {
  return {
    identity: createIdentity(userOcid),
    mungeKey: randomBytes(1024).toString("base64"),
    sshPublicKey: createSshKey(`opc@${clusterId}`),
  };
}

function createIdentity(userOcid: string): ApiIdentity {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const der = Buffer.from(publicKey.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  const digest = createHash("md5").update(der).digest("hex");
  return {
    userOcid,
    fingerprint: digest.replaceAll(/(..)(?!$)/g, "$1:"),
    privateKeyPem: privateKey,
    publicKeyPem: publicKey,
  };
}

/** RFC 8709: the name of the algorithm and the 32 bytes of the key, each with its length before it. */
function createSshKey(comment: string): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const blob = Buffer.concat(
    [Buffer.from("ssh-ed25519"), key].flatMap((part) => [lengthOf(part), part]),
  );
  return `ssh-ed25519 ${blob.toString("base64")} ${comment}`;
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}
