import type { Cloud } from "./cloud.ts";
import type { RegionDescription, SubnetDescription } from "./region.ts";

/** What the mount target of a cluster's file system is called in its compute subnet (infra/shared-filesystem.ts). */
export const FILE_SERVER_LABEL = "fileserver";

/** `<subnet>.<vcn>.oraclevcn.com`, which the names of its machines end with (OCI's "DNS in Your Virtual Cloud Network"). */
export function subnetDomain({ vcn }: RegionDescription, { dnsLabel }: SubnetDescription): string {
  return `${dnsLabel}.${vcn.dnsLabel}.oraclevcn.com`;
}

/**
 * The address of a full name: of an instance that is not gone, by its host name label, or of a file server, for which the virtual
 * router stands. Undefined: nobody in the VCN has it.
 */
export function addressOfName(cloud: Cloud, name: string): string | undefined {
  const [label = "", ...domain] = name.toLowerCase().split(".");
  const { region } = cloud;
  const subnet = region.subnets.find((one) => subnetDomain(region, one) === domain.join("."));
  const state = subnet && cloud.findSubnet(subnet.ocid);
  if (state === undefined) return undefined;
  if (label === FILE_SERVER_LABEL) return state.pool.virtualRouterIp;
  for (const { order, vnic } of state.residents) {
    if (order.hostnameLabel?.toLowerCase() === label) return vnic.ipAddress;
  }
  return undefined;
}
