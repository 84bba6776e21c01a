import { describe, expect, it } from "vitest";
import { MINIMAL, problemLines, PUBLIC_KEY, valid } from "../settings-fixture.ts";

/** A public key as RFC 4253 lays it out: strings with their length before them. */
function keyLine(type: string, innerType: string, ...lengths: readonly number[]): string {
  const strings = [Buffer.from(innerType), ...lengths.map((length) => Buffer.alloc(length, 1))];
  const blob = strings.flatMap((string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(string.length);
    return [length, string];
  });
  return `${type} ${Buffer.concat(blob).toString("base64")} a comment`;
}

function withKey(line: string): string {
  return MINIMAL.replace(/ssh_public_keys: .*/, `ssh_public_keys:\n  - ${line}`);
}

const ED25519 = "ssh-ed25519";
const [, BODY = ""] = PUBLIC_KEY.split(" ");

describe("ssh_public_keys", () => {
  it.each([
    PUBLIC_KEY,
    `${ED25519} ${BODY}`,
    keyLine("ssh-rsa", "ssh-rsa", 3, 257),
    keyLine("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", 8, 97),
    keyLine("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", 32, 4),
  ])("takes %s", (line) => {
    expect(valid(withKey(line)).settings.access.sshPublicKeys).toEqual([line]);
  });

  it.each([
    ["hunter2", "this does not begin with the type of a public key"],
    [`no-pty ${PUBLIC_KEY}`, "this does not begin with the type of a public key"],
    [BODY, "this does not begin with the type of a public key"],
    [keyLine("ssh-dss", "ssh-dss", 128, 20, 128, 128), "OpenSSH takes no DSA keys any more"],
    [`${ED25519} hunter2!`, "the key is not base64"],
    [ED25519, "the key is not base64"],
    [`${ED25519} ${BODY.slice(0, -8)}`, "the key is cut off or damaged"],
    [`${ED25519} ${BODY.slice(0, 24)}`, "the key is cut off or damaged"],
    [keyLine("ssh-rsa", ED25519, 3, 257), "the key is of another type than the line"],
    [keyLine("ssh-rsa", "ssh-rsa", 3, 128), "RSA keys of less than 2048 bits are not safe"],
    ["/home/me/.ssh/id.pub", "this is a path"],
    ["", "a public key is needed here"],
    ["{ key: hunter2 }", "a public key is needed here"],
    [`"${PUBLIC_KEY}\\n${PUBLIC_KEY}"`, "this is not one line of text"],
    [`${ED25519} b3BlbnNzaC1rZXktdjEAAAAABG5vbmU`, "A PRIVATE KEY STANDS HERE"],
  ])("refuses %s, and does not show it", (line, message) => {
    const said = problemLines(withKey(line));
    expect(said).toEqual([expect.stringMatching(/^cluster\.yaml:6: /)]);
    expect(said[0]).toContain(`${message}; `);
    expect(said[0]).not.toMatch(/hunter2|AAAAC3|b3Blb/);
  });
});
