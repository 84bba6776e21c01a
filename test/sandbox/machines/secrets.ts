import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createCredentials } from "../api/credentials.ts";
import type { ClusterSecrets } from "./cluster-description.ts";

/** Keys for one cluster: every cluster is a user of its own to the API. */
export function createSecrets(clusterId: string, tenancyOcid: string): ClusterSecrets {
  return {
    credentials: createCredentials(tenancyOcid, clusterId),
    mungeKey: randomBytes(1024).toString("base64"),
    sshPublicKey: createSshKey(`opc@${clusterId}`),
  };
}

/** RFC 8709: the name of the algorithm and the 32 bytes of the key, each with its length before it. */
function createSshKey(comment: string): string {
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
