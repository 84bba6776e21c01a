import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Cluster } from "./cluster.ts";
import { lookUpSubnets } from "./existing-subnets.ts";
import type { Role } from "./flows.ts";
import { createNetworkSecurity } from "./network-security.ts";
import { lookUpOciServices } from "./oci-services.ts";
import { refuseSharedSubnets, subnetTags } from "./shared-subnets.ts";
import { createVcn } from "./vcn.ts";

/** Where the cluster's machines are. All strings may be expressions. */
export interface Network extends Subnets {
  /** OCIDs. */
  readonly securityGroups: Readonly<Record<Role, string>>;
}

export interface Subnets {
  readonly vcnOcid: string;
  readonly managementSubnetOcid: string;
  readonly computeSubnetOcid: string;
  readonly managementCidr: string;
  readonly computeCidr: string;
  /** Host names of the subnet are below it: `<subnet>.<vcn>.oraclevcn.com`. */
  readonly managementDomain: string;
  readonly computeDomain: string;
  /** What must exist before an instance can reach anything. */
  readonly ready: readonly ITerraformDependable[];
}

/** A new VCN or the subnets that the settings name; the security groups are ours in any case. */
export function createNetwork(scope: Construct, cluster: Cluster): Network {
  const services = lookUpOciServices(scope);
  const { network } = cluster.settings;
  const isNew = network.kind === "new";
  const subnets = isNew
    ? createVcn(scope, cluster, network, services)
    : lookUpSubnets(scope, network);
  const { groups, rules } = createNetworkSecurity(scope, cluster, {
    vcnOcid: subnets.vcnOcid,
    serviceCidrLabel: services.cidrLabel,
    groupTags: isNew ? {} : subnetTags(subnets),
    dependsOn: isNew ? [] : [refuseSharedSubnets(scope, cluster, subnets)],
  });
  return { ...subnets, securityGroups: groups, ready: [...subnets.ready, ...rules] };
}
