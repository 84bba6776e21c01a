import { createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { createSecrets } from "./secrets.ts";

test("createSecrets() makes an SSH key whose length fields hold", () => {
  const [type, blob = "", comment] = createSecrets("clustera").sshPublicKey.split(" ");
  const bytes = Buffer.from(blob, "base64");
  expect([type, comment]).toEqual(["ssh-ed25519", "opc@clustera"]);
  expect(bytes.subarray(0, 15)).toEqual(Buffer.from("\0\0\0\x0bssh-ed25519"));
  expect(bytes.readUInt32BE(15)).toBe(32);
  expect(bytes).toHaveLength(15 + 4 + 32);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes.subarray(19)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  expect(key.asymmetricKeyType).toBe("ed25519");
});

test("createSecrets() gives no two clusters the same", () => {
  const [one, two] = [createSecrets("a"), createSecrets("b")];
  expect(one.mungeKey).not.toBe(two.mungeKey);
  expect(Buffer.from(one.mungeKey, "base64")).toHaveLength(1024);
});
