import { isIPv6 } from "node:net";
import type { Located, ProblemCollector } from "../../nodectl/domain/problem-collector.ts";

/** A block of IPv4 addresses. */
export interface Cidr {
  /** As written: `10.0.0.0/16`. */
  readonly text: string;
  /** First and last address, as numbers of 32 bits. */
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

const FIX = "write a block of IPv4 addresses, such as 10.0.0.0/16";

/** Reads an IPv4 CIDR. One that names an address inside the block is refused: which of the two is meant only its writer knows. */
export function readCidr(located: Located, problems: ProblemCollector): Cidr | null {
  const written = located.at.kind === "scalar" ? located.at.source : "";
  const [quad = "", length] = written.split("/");
  if (isIPv6(quad)) {
    return problems.report(located, "this is IPv6, which the cluster's network does not have", FIX);
  }
  const address = addressOf(quad);
  if (address === undefined) return problems.report(located, "this is no such block", FIX);
  if (length === undefined) {
    return problems.report(located, "the length is missing", `write ${quad}/32 for one address`);
  }
  const cidr = cidrOf(written);
  if (cidr === undefined) {
    return problems.report(located, "the length is not a number from 0 to 32", FIX);
  }
  if (cidr.first === address) return cidr;
  const message = "this is an address inside a block, not the block's first one";
  const fix = `write ${quadOf(cidr.first)}/${length} for the block, or ${quad}/32 for the address`;
  return problems.report(located, message, fix);
}

/** A block that is written in the program. Throws when it is none. */
export function parseCidr(text: string): Cidr {
  const cidr = cidrOf(text);
  if (cidr === undefined) throw new Error(`${text} is no block of IPv4 addresses`);
  return cidr;
}

function cidrOf(text: string): Cidr | undefined {
  const [, quad = "", length = ""] = /^([\d.]+)\/(\d|[12]\d|3[012])$/.exec(text) ?? [];
  const address = addressOf(quad);
  if (address === undefined) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(address / size) * size;
  return { text, first, last: first + size - 1, prefixLength: Number(length) };
}

/** Whether every address of `inner` is one of `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** undefined for what is not four numbers up to 255; one with a leading zero is octal to some programs. */
function addressOf(quad: string): number | undefined {
  const parts = quad.split(".");
  const isQuad =
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && +part <= 255);
  return isQuad ? parts.reduce((address, part) => address * 256 + Number(part), 0) : undefined;
}

function quadOf(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
