import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { AddressPool } from "../api/address-pool.ts";
import { parseBlock } from "../api/ipv4.ts";
import type { SubnetDescription } from "../api/region.ts";
import { keepTail } from "./keep-tail.ts";

export interface SubnetBridge {
  readonly subnetOcid: string;
  /** Name of the network device. */
  readonly device: string;
  readonly routerAddress: string;
  readonly prefixLength: number;
}

/**
 * Of every virtual router, as GetVnic shows it. A bridge without an address of its own takes the lowest among its cables',
 * and with each new machine the others might send to one that is no more.
 */
const ROUTER_HARDWARE_ADDRESS = "00:00:17:00:00:01";

/** Where every instance finds its metadata service, without a route of its own: the virtual router answers. */
export const METADATA_ADDRESS = "169.254.169.254";

/** The bridge of every subnet. Device names are short, whatever the subnets are called. */
export function planBridges(subnets: readonly SubnetDescription[]): readonly SubnetBridge[] {
  return subnets.map((subnet, index) => {
    const block = parseBlock(subnet.cidr);
    if (block === undefined) throw new Error(`not the CIDR of a subnet: ${subnet.cidr}`);
    return {
      subnetOcid: subnet.ocid,
      device: `subnet${index}`,
      routerAddress: new AddressPool(subnet.cidr).virtualRouterIp,
      prefixLength: block.prefixLength,
    };
  });
}

/**
 * Builds the VCN in this process's network namespace: a bridge for each subnet, which has the address of the
 * subnet's virtual router, the metadata service's address, and forwarding between them.
 */
export async function buildBridges(bridges: readonly SubnetBridge[]): Promise<void> {
  const commands = bridges.flatMap(({ device, routerAddress, prefixLength }) => [
    `link add ${device} address ${ROUTER_HARDWARE_ADDRESS} type bridge`,
    `address add ${routerAddress}/${prefixLength} dev ${device}`,
    `link set ${device} up`,
  ]);
  const metadata = `address add ${METADATA_ADDRESS}/32 dev lo`;
  await runIpBatch(["link set lo up", metadata, ...commands]);
  // This namespace's own setting, not the host's.
  await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
}

async function runIpBatch(commands: readonly string[]): Promise<void> {
  const child = spawn("ip", ["-batch", "-"], { stdio: "pipe" });
  const output = keepTail([child.stdout, child.stderr]);
  child.stdin.end(`${commands.join("\n")}\n`);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`ip could not make the region's network: ${output()}`);
}
