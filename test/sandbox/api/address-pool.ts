import { formatAddress, parseAddress, parseBlock } from "./ipv4.ts";

/**
 * The addresses of one subnet. OCI keeps the first two (network, virtual router) and the last one (broadcast) for
 * itself. New addresses come before returned ones, so that an address which a client remembered from an earlier
 * instance is soon wrong. Every operation is O(1), amortised.
 */
export class AddressPool {
  readonly virtualRouterIp: string;
  private readonly lowest: number;
  private readonly highest: number;
  private next: number;
  private readonly used = new Set<number>();
  private readonly returned: number[] = [];
  private returnedHead = 0;

  constructor(cidr: string) {
    const block = parseBlock(cidr);
    if (block === undefined) throw new Error(`not the CIDR of a subnet: ${cidr}`);
    this.virtualRouterIp = formatAddress(block.first + 1);
    this.lowest = block.first + 2;
    this.highest = block.first + block.size - 2;
    this.next = this.lowest;
  }

  /** Undefined when the subnet has no address left. */
  take(): string | undefined {
    while (this.next <= this.highest) {
      const address = this.next++;
      if (this.claim(address)) return formatAddress(address);
    }
    for (;;) {
      const address = this.nextReturned();
      if (address === undefined) return undefined;
      if (this.claim(address)) return formatAddress(address);
    }
  }

  /** Takes this very address: "outside" of the subnet's usable part, or already "used". */
  takeThis(text: string): "taken" | "outside" | "used" {
    const address = parseAddress(text);
    if (address === undefined || address < this.lowest || address > this.highest) return "outside";
    return this.claim(address) ? "taken" : "used";
  }

  release(text: string): void {
    const address = parseAddress(text);
    if (address === undefined || !this.used.delete(address)) {
      throw new Error(`released an address that was not taken: ${text}`);
    }
    this.returned.push(address);
  }

  private claim(address: number): boolean {
    if (this.used.has(address)) return false;
    this.used.add(address);
    return true;
  }

  private nextReturned(): number | undefined {
    const address = this.returned[this.returnedHead];
    if (address === undefined) return undefined;
    this.returnedHead += 1;
    if (this.returnedHead > 1024 && this.returnedHead * 2 > this.returned.length) {
      this.returned.splice(0, this.returnedHead);
      this.returnedHead = 0;
    }
    return address;
  }
}
