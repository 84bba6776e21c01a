import { expect, it } from "vitest";
import { secretsIn } from "./secrets.ts";

const KEY = "-----BEGIN OPENSSH PRIVATE " + "KEY-----\nAAAA";

it.each([
  ["a private key", { metadata: { note: KEY } }, "stack.metadata.note"],
  ["an attribute for a password", { a: [{ admin_password: "x" }] }, "stack.a.0.admin_password"],
  [
    "a password within packed user data",
    {
      user_data: Buffer.from("#cloud-config\nchpasswd: {}\npassword: hunter2\n").toString("base64"),
    },
    "stack.user_data",
  ],
])("finds %s", (_what, stack, where) => {
  expect(secretsIn(stack)).toEqual([where]);
});

it("passes over public keys and addresses", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfAda ada";
  expect(secretsIn({ ssh_authorized_keys: key, url: "https://example.org/p/abc" })).toEqual([]);
});
