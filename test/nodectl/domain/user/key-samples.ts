/** Made by ssh-keygen, and its fingerprint as ssh-keygen -l prints it. */
export const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDmWJuR3KxHtlzBCpZoLqA2Algu3TuTA2CyPyixFDU6Y ada@laptop";
export const ED25519_FINGERPRINT = "SHA256:WESnD9fwJSbeNn8uPQWtFuo1V9AfIB2+vgz8DCTP6lI";

/** A blob of fields, each with its length before it (RFC 4251, 5). */
export function blobOf(...fields: readonly (string | Buffer)[]): string {
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts).toString("base64");
}

/** An ed25519 key like no other number's. */
export function keyLine(number: number, comment = `key ${number}`): string {
  return `ssh-ed25519 ${blobOf("ssh-ed25519", Buffer.alloc(32, number))} ${comment}`;
}

/** An RSA key whose modulus has so many bits. */
export function rsaLine(bits: number): string {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> ((8 - (bits % 8)) % 8);
  const isNegative = bits % 8 === 0;
  const field = isNegative ? Buffer.concat([Buffer.from([0]), modulus]) : modulus;
  return `ssh-rsa ${blobOf("ssh-rsa", Buffer.from([1, 0, 1]), field)}`;
}

export function ecdsaLine(curve: string, pointBytes: number, type = `ecdsa-sha2-${curve}`): string {
  const point = Buffer.alloc(pointBytes, 7);
  point[0] = 4;
  const more = type.startsWith("sk-") ? ["ssh:"] : [];
  return `${type} ${blobOf(type, curve, point, ...more)}`;
}
