import { DataResource, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Cluster } from "./cluster.ts";
import { OciDataSource } from "./oci-resource.ts";

interface SubnetsOfCluster {
  readonly vcnOcid: string;
  readonly managementSubnetOcid: string;
  readonly computeSubnetOcid: string;
}

/** Tags of the network security groups, from which another cluster's plan sees whose the subnets are. */
export function subnetTags({ managementSubnetOcid, computeSubnetOcid }: SubnetsOfCluster) {
  return { management_subnet: managementSubnetOcid, compute_subnet: computeSubnetOcid } as const;
}

/**
 * Refuses subnets that another cluster uses: nodes of two clusters may have one name, and a host name is unique in its subnet.
 * OCI itself would refuse the second `fileserver`, but only when much is made already. Not seen are clusters whose
 * resources are in another compartment (ListNetworkSecurityGroups lists one compartment), and one that is being deployed at the
 * same time.
 * @returns what must stand before anything is made in the subnets, the tagged groups first
 */
export function refuseSharedSubnets(
  scope: Construct,
  { id, settings }: Cluster,
  subnets: SubnetsOfCluster,
): ITerraformDependable {
  const groups = new OciDataSource(scope, "security_groups", "oci_core_network_security_groups", {
    compartment_id: settings.compartmentOcid,
    vcn_id: subnets.vcnOcid,
    state: "AVAILABLE",
  });
  const ours = JSON.stringify(Object.values(subnetTags(subnets)));
  const uses = (tag: string) => `contains(${ours}, try(group.freeform_tags["${tag}"], ""))`;
  const users =
    `[for group in ${groups.fqn}.network_security_groups : try(group.freeform_tags["cluster"], "")` +
    ` if ${Object.keys(subnetTags(subnets)).map(uses).join(" || ")}]`;
  const errorMessage =
    `A subnet of cluster.yaml is in use by another cluster: its network security groups in ${subnets.vcnOcid} have the tags ` +
    `management_subnet, compute_subnet and cluster. Write the OCIDs of other subnets, or destroy that cluster.`;
  return new DataResource(scope, "subnets_are_ours", {
    lifecycle: {
      precondition: [
        // In the plan, before anything is made: the id is not known yet when a cluster is new, its name is.
        {
          condition: `\${alltrue([for user in ${users} : startswith(user, "${settings.name}-")])}`,
          errorMessage,
        },
        { condition: `\${alltrue([for user in ${users} : user == "${id}"])}`, errorMessage },
      ],
    },
  });
}
