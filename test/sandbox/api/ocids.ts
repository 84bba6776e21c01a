import { createHash } from "node:crypto";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Kinds whose OCIDs carry no region. */
const GLOBAL_KINDS: ReadonlySet<string> = new Set(["tenancy", "compartment", "user"]);

/** Makes OCIDs that look like OCI's and are the same for the same seed and order of calls. */
export type OcidSource = (kind: string) => string;

/** Syntax: Oracle's "Resource Identifiers", `ocid1.<type>.<realm>.[region].<unique id>` with 60 characters at the end. */
export function createOcidSource(regionKey: string, seed: string): OcidSource {
  let count = 0;
  return (kind) => {
    count += 1;
    const region = GLOBAL_KINDS.has(kind) ? "" : regionKey;
    return `ocid1.${kind}.oc1.${region}.${uniquePart(`${seed}/${kind}/${count}`)}`;
  };
}

function uniquePart(text: string): string {
  const digest = createHash("sha256").update(text).digest();
  let bits = 0;
  let bitCount = 0;
  let result = "anyhqljs";
  for (const byte of digest) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      result += BASE32.charAt((bits >> bitCount) & 31);
    }
    bits &= (1 << bitCount) - 1;
  }
  return result.padEnd(60, "a");
}
