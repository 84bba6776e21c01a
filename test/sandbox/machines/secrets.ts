import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { ClusterSecrets } from "./cluster-description.ts";

/** Keys for one cluster. To the API its management node is an instance principal, and has no key. */
export function createSecrets(clusterId: string): ClusterSecrets {
  return {
    mungeKey: randomBytes(1024).toString("base64"),
    sshPublicKey: createSshKey(`opc@${clusterId}`),
  };
}

/** The public half of a key that nobody has. RFC 8709: the name of the algorithm and the 32 bytes of the key, each with its length before it. */
export function createSshKey(comment: string): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const parts = [Buffer.from("ssh-ed25519"), key].flatMap((part) => [lengthOf(part), part]);
  return `ssh-ed25519 ${Buffer.concat(parts).toString("base64")} ${comment}`;
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}
