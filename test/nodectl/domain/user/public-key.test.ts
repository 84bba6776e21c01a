import { describe, expect, it } from "vitest";
import { parseKeyText } from "../../../../nodectl/domain/user/key-text.ts";
import { formatKey, parseKey } from "../../../../nodectl/domain/user/public-key.ts";
import {
  blobOf,
  ecdsaLine,
  ED25519,
  ED25519_FINGERPRINT,
  keyLine,
  rsaLine,
} from "./key-samples.ts";

/** Written so that nobody takes this file for a key. */
const PRIVATE = ["-----BEGIN OPENSSH", "PRIVATE", "KEY-----\nSECRET\n"].join(" ");

function problemOf(line: string): string {
  const key = parseKey(line);
  return key.kind === "invalid" ? key.message : "valid";
}

describe("parseKey()", () => {
  it("reads a key, and gives the fingerprint that ssh-keygen prints", () => {
    const key = parseKey(ED25519);
    expect(key).toMatchObject({
      kind: "valid",
      value: { type: "ssh-ed25519", comment: "ada@laptop", fingerprint: ED25519_FINGERPRINT },
    });
    if (key.kind === "valid") expect(formatKey(key.value)).toBe(ED25519);
  });

  it.each([
    [
      "sk-ssh-ed25519@openssh.com",
      `sk-ssh-ed25519@openssh.com ${blobOf("sk-ssh-ed25519@openssh.com", Buffer.alloc(32, 1), "ssh:")}`,
    ],
    ["ecdsa of 256 bits", ecdsaLine("nistp256", 65)],
    ["ecdsa of 384 bits", ecdsaLine("nistp384", 97)],
    ["ecdsa of 521 bits", ecdsaLine("nistp521", 133)],
    ["sk-ecdsa", ecdsaLine("nistp256", 65, "sk-ecdsa-sha2-nistp256@openssh.com")],
    ["rsa of 2048 bits", rsaLine(2048)],
    ["rsa of 3071 bits", rsaLine(3071)],
  ])("takes %s", (_what, line) => {
    expect(problemOf(line)).toBe("valid");
  });

  it.each([
    ["rsa of 2047 bits", rsaLine(2047), /2047 bits, and 2048 are needed/],
    ["rsa of 20000 bits", rsaLine(20_000), /more than 16384/],
    ["a key that is cut", ED25519.slice(0, 40), /not whole; copy the whole line/],
    ["a key with a letter lost", ED25519.replace("AAAAC3", "AAAC3"), /not whole/],
    ["what is no base64", "ssh-ed25519 ???? ada", /not whole/],
    ["a key of another type", ED25519.replace("ssh-ed25519", "ssh-rsa"), /of another type/],
    ["a short ed25519 key", `ssh-ed25519 ${blobOf("ssh-ed25519", "short")}`, /damaged/],
    ["a point of another curve", ecdsaLine("nistp256", 97), /damaged/],
    [
      "a field too many",
      `ssh-ed25519 ${blobOf("ssh-ed25519", Buffer.alloc(32), "more")}`,
      /damaged/,
    ],
    ["a type alone", "ssh-ed25519", /the key itself is missing/],
    ["dss", "ssh-dss AAAA", /no longer accepted/],
    ["a certificate", "ssh-ed25519-cert-v01@openssh.com AAAA", /this is a certificate/],
    [
      "options",
      `command="/bin/sh; x",no-pty ${ED25519}`,
      /options before a key are not accepted \(command=…/,
    ],
    ["RFC 4716", "---- BEGIN SSH2 PUBLIC KEY ----", /ssh-keygen -i -f FILE/],
    ["a line without end", `${ED25519} ${"x".repeat(9000)}`, /longer than 8192/],
  ])("refuses %s", (_what, line, message) => {
    expect(problemOf(line)).toMatch(message);
  });

  it("repeats nothing of what is no key", () => {
    expect(problemOf("root:$6$hash:19000::::::")).not.toContain("hash");
  });

  it("keeps of a comment what a terminal may be given", () => {
    const key = parseKey(`${ED25519}\u001b[31m red\u2028☃${"y".repeat(400)}`);
    if (key.kind === "invalid") throw new Error(key.message);
    expect(key.value.comment).toMatch(/^ada@laptop\[31m red☃y+$/);
    expect(key.value.comment).toHaveLength(200);
  });
});

describe("parseKeyText()", () => {
  it("reads all keys of a file, each once, past comments and empty lines", () => {
    const text = `\uFEFF# mine\r\n${ED25519}\r\n\r\n${keyLine(1)}\n${ED25519.replace("ada@laptop", "again")}\n`;
    const keys = parseKeyText(text, "ada.pub");
    if (keys.kind === "invalid") throw new Error(keys.message);
    expect(keys.value.map(({ comment }) => comment)).toEqual(["ada@laptop", "key 1"]);
  });

  it.each(["", "# nothing\n\n"])("says that there is no key in %j", (text) => {
    expect(parseKeyText(text, "x.pub")).toEqual({
      kind: "invalid",
      message: "x.pub has no key in it",
    });
  });

  it("names the line that is wrong", () => {
    const read = parseKeyText(`${ED25519}\nssh-rsa\n`, "x.pub");
    expect(read).toMatchObject({ message: expect.stringContaining("x.pub: line 2: ") as string });
  });

  it.each([PRIVATE, `${ED25519}\n${PRIVATE}`, "PuTTY-User-Key-File-3: ssh-ed25519\nSECRET"])(
    "refuses a private key and prints nothing of it",
    (text) => {
      const read = parseKeyText(text, "id_ed25519");
      if (read.kind === "valid") throw new Error("it was taken");
      expect(read.message).toMatch(/id_ed25519 is a PRIVATE key.*\.pub/);
      expect(read.message).not.toContain("SECRET");
    },
  );

  it("takes 50 keys, and no more", () => {
    const lines = Array.from({ length: 51 }, (_, index) => keyLine(index));
    expect(parseKeyText(lines.slice(0, 50).join("\n"), "x").kind).toBe("valid");
    expect(parseKeyText(lines.join("\n"), "x")).toMatchObject({
      message: "x has more than 50 keys",
    });
  });
});
