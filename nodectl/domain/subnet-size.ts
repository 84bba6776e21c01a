/** OCI keeps a subnet's first two addresses and its last one (Oracle's "Overview of VCNs and Subnets"). */
const KEPT_ADDRESSES = 3;

/** How many private addresses a subnet has for VNICs, e.g. 4,093 for `10.0.0.0/20`; 0 when it has no IPv4 block. */
export function addressCount(cidr: string): number {
  const prefixLength = Number(/^[\d.]+\/(\d{1,2})$/.exec(cidr)?.[1] ?? "32");
  return Math.max(0, 2 ** (32 - prefixLength) - KEPT_ADDRESSES);
}
