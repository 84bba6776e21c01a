import type { Located, ProblemCollector } from "../../nodectl/domain/problem-collector.ts";
import { joinKeys } from "../../nodectl/domain/problem.ts";
import { looksLikePrivateKey, PRIVATE_KEY_FIX, PRIVATE_KEY_MESSAGE } from "./secrets.ts";

/** How many strings the key itself has: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, OpenSSH's PROTOCOL.u2f. */
const STRINGS_OF_TYPE: Readonly<Record<string, number>> = {
  "ssh-ed25519": 2,
  "ssh-rsa": 3,
  "ecdsa-sha2-nistp256": 3,
  "ecdsa-sha2-nistp384": 3,
  "ecdsa-sha2-nistp521": 3,
  "sk-ssh-ed25519@openssh.com": 3,
  "sk-ecdsa-sha2-nistp256@openssh.com": 4,
};

/** Enterprise Linux 9 takes no shorter ones (its crypto-policies' RequiredRSASize). */
const RSA_BITS_MIN = 2048;
const LENGTH_MAX = 4000;
const FIX =
  "write the one line of a public key file, such as ~/.ssh/id_ed25519.pub: its type, the key, a comment";

/**
 * Reads one line as authorized_keys has it, without options. What was written is in no message: people paste private
 * keys by mistake, and terminals and CI logs keep what they show.
 */
export function readSshPublicKey(located: Located, problems: ProblemCollector): string | null {
  const { at, path } = located;
  const written = at.kind === "scalar" ? at.source.trim() : "";
  const refuse = (message: string, fix = FIX) =>
    problems.add({ line: at.line, key: joinKeys(path), message, fix });
  if (looksLikePrivateKey(written)) return refuse(PRIVATE_KEY_MESSAGE, PRIVATE_KEY_FIX);
  if (written === "") return refuse("a public key is needed here");
  if (/^[~/.]\S*$/.test(written)) {
    return refuse("this is a path", "write what the file holds: its one line");
  }
  if (written.length > LENGTH_MAX || /\p{Cc}/u.test(written)) {
    return refuse("this is not one line of text");
  }
  const message = whatIsWrong(written);
  return message === undefined ? written : refuse(message);
}

function whatIsWrong(line: string): string | undefined {
  const [type = "", body = ""] = line.split(/ +/);
  const count = STRINGS_OF_TYPE[type];
  if (type === "ssh-dss") return "OpenSSH takes no DSA keys any more";
  if (count === undefined) return "this does not begin with the type of a public key";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return "the key is not base64";
  const strings = stringsOf(Buffer.from(body, "base64"));
  if (strings === undefined || strings.length !== count) return "the key is cut off or damaged";
  if (strings[0]?.toString("latin1") !== type) return "the key is of another type than the line";
  const modulusBits = (strings[2]?.length ?? 0) * 8;
  if (type !== "ssh-rsa" || modulusBits >= RSA_BITS_MIN) return undefined;
  return `RSA keys of less than ${RSA_BITS_MIN} bits are not safe`;
}

/** RFC 4251 5: each string has four bytes of length before it. undefined when they do not fill the key exactly. */
function stringsOf(blob: Buffer): readonly Buffer[] | undefined {
  const strings: Buffer[] = [];
  let offset = 0;
  while (offset + 4 <= blob.length) {
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    strings.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return offset === blob.length ? strings : undefined;
}
