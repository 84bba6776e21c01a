import { createHash } from "node:crypto";
import { shortened } from "../problem.ts";
import { checkKeyBlob } from "./key-blob.ts";
import { invalid, type Reading } from "./reading.ts";

/** One line of authorized_keys, without options. */
export interface PublicKey {
  readonly type: string;
  /** Base64, as ssh writes it: with padding. */
  readonly blob: string;
  /** Empty when there is none. */
  readonly comment: string;
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 characters. */
  readonly fingerprint: string;
}

export const KEYS_MAX = 50;
/** A line of a key of 16384 bits has 2.8 kB. */
const LINE_LENGTH_MAX = 8192;
const COMMENT_LENGTH_MAX = 200;

const TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
] as const;
export type KeyType = (typeof TYPES)[number];

/** Words that stand before a key that is not meant to leave its owner: OpenSSH, PEM, PuTTY. */
const PRIVATE = /-----BEGIN [A-Z0-9 ]*PRIVATE|^PuTTY-User-Key-File|^Private-Lines:/m;

/** Whether a text holds somebody's private key: nothing of it may be printed then. */
export function holdsPrivateKey(text: string): boolean {
  return PRIVATE.test(text);
}

/** How a key stands in the directory. */
export function formatKey({ type, blob, comment }: PublicKey): string {
  return comment === "" ? `${type} ${blob}` : `${type} ${blob} ${comment}`;
}

/** @param line one line of authorized_keys; no comment, not empty */
export function parseKey(line: string): Reading<PublicKey> {
  if (line.length > LINE_LENGTH_MAX)
    return invalid(
      `the line is longer than ${LINE_LENGTH_MAX} characters; one key stands in a line`,
    );
  const [first = "", second = "", ...rest] = line.trim().split(/[ \t]+/);
  const type = TYPES.find((known) => known === first);
  if (type === undefined) return invalid(describeStart(line, first));
  if (second === "") return invalid(`after ${type} the key itself is missing; copy the whole line`);
  const blob = checkKeyBlob(type, second);
  if (blob.kind === "invalid") return blob;
  const comment = printable(rest.join(" "));
  return {
    kind: "valid",
    value: { type, blob: second, comment, fingerprint: fingerprintOf(blob.value) },
  };
}

function fingerprintOf(bytes: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`;
}

/** Where the words of a key are not at the start. */
function describeStart(line: string, first: string): string {
  if (first === "ssh-dss")
    return "ssh-dss keys are no longer accepted; make one with ssh-keygen -t ed25519";
  if (/-cert-v0\d@openssh\.com$/.test(first))
    return "this is a certificate; give the public key itself, the .pub file beside it";
  if (/^----+ ?BEGIN|^Comment:/.test(line))
    return "this is not OpenSSH's form; `ssh-keygen -i -f FILE` prints the key in it";
  if (TYPES.some((type) => line.includes(`${type} `)))
    return `options before a key are not accepted (${shortened(first.replace(/".*/, "…"))}); give the line from the key's type on`;
  // A mistaken file may hold anything, secrets too: nothing of it is repeated.
  return `no public key stands here; a line begins with ${TYPES.slice(0, 2).join(", ")} or ssh-rsa`;
}

/** What could play with a terminal, or break a line, is left out. */
function printable(comment: string): string {
  return comment
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .slice(0, COMMENT_LENGTH_MAX)
    .trim();
}
