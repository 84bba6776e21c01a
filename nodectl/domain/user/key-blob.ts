import type { KeyType } from "./public-key.ts";
import { invalid, type Reading } from "./reading.ts";

const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 16_384;
const ED25519_BYTES = 32;
const CURVE_POINT_BYTES: Readonly<Record<string, number>> = {
  nistp256: 65,
  nistp384: 97,
  nistp521: 133,
};

/** The bytes of a key, when they are whole and of the type that stands before them (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4). */
export function checkKeyBlob(type: KeyType, base64: string): Reading<Uint8Array> {
  const bytes = Buffer.from(base64, "base64");
  // Buffer.from() skips what is no base64.
  const isWhole = bytes.length > 0 && bytes.toString("base64") === base64;
  const fields = isWhole ? fieldsOf(bytes) : undefined;
  if (fields === undefined) {
    return invalid(`the key after ${type} is not whole; copy the whole line of the .pub file`);
  }
  const [name, ...parts] = fields;
  if (name?.toString("latin1") !== type)
    return invalid(
      `the key after ${type} is of another type; copy the whole line of the .pub file`,
    );
  const problem = describeParts(type, parts);
  return problem === undefined ? { kind: "valid", value: bytes } : invalid(problem);
}

/** A length of four bytes before each field. Undefined when they do not end together. */
function fieldsOf(bytes: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return undefined;
    const start = offset + 4;
    const end = start + bytes.readUInt32BE(offset);
    if (end > bytes.length) return undefined;
    fields.push(bytes.subarray(start, end));
    offset = end;
  }
  return fields;
}

function describeParts(type: KeyType, parts: readonly Buffer[]): string | undefined {
  const damaged = `the key after ${type} is damaged; copy the whole line of the .pub file`;
  const [first, second] = parts;
  switch (type) {
    case "ssh-ed25519":
      return parts.length === 1 && first?.length === ED25519_BYTES ? undefined : damaged;
    case "sk-ssh-ed25519@openssh.com":
      return parts.length === 2 && first?.length === ED25519_BYTES ? undefined : damaged;
    case "ssh-rsa":
      return parts.length === 2 && second !== undefined ? describeModulus(second) : damaged;
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return parts.length === 3 && isPoint("nistp256", first, second) ? undefined : damaged;
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return parts.length === 2 && isPoint(type.slice(-8), first, second) ? undefined : damaged;
  }
}

function isPoint(curve: string, name: Buffer | undefined, point: Buffer | undefined): boolean {
  const isUncompressed = point?.[0] === 4 && point.length === CURVE_POINT_BYTES[curve];
  return name?.toString("latin1") === curve && isUncompressed;
}

/** A modulus has a zero byte in front where its first bit is set. */
function describeModulus(modulus: Buffer): string | undefined {
  const first = modulus.findIndex((byte) => byte !== 0);
  const bits =
    first === -1 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
  if (bits < RSA_BITS_MIN)
    return `this RSA key has ${bits} bits, and ${RSA_BITS_MIN} are needed; make one with ssh-keygen -t ed25519`;
  return bits > RSA_BITS_MAX ? `this RSA key has more than ${RSA_BITS_MAX} bits` : undefined;
}
