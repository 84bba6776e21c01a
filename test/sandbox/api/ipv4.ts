/** An IPv4 block. Addresses are numbers: the order of addresses is the order of numbers. */
export interface Ipv4Block {
  readonly first: number;
  readonly size: number;
  readonly prefixLength: number;
}

/** Reads dotted quads without leading zeros; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1);
  if (parts.some((part) => Number(part) > 255 || String(Number(part)) !== part)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** OCI allows /16 to /30 for VCNs and subnets. Undefined when the text is no such block or has host bits set. */
export function parseBlock(text: string): Ipv4Block | undefined {
  const [addressText = "", prefixText = "", ...rest] = text.split("/");
  const first = parseAddress(addressText);
  if (first === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefixText)) return undefined;
  const prefixLength = Number(prefixText);
  if (prefixLength < 16 || prefixLength > 30) return undefined;
  const size = 2 ** (32 - prefixLength);
  return first % size === 0 ? { first, size, prefixLength } : undefined;
}

export function blockContains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}
