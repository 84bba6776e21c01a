import type { Construct } from "constructs";
import { OciDataSource } from "./oci-resource.ts";
import type { NetworkSettings } from "./settings.ts";
import type { Subnets } from "./network.ts";

type ExistingNetwork = Extract<NetworkSettings, { kind: "existing" }>;

/** Subnets that others have made, with their routes, gateways and DHCP options: nothing of them is changed. */
export function lookUpSubnets(scope: Construct, settings: ExistingNetwork): Subnets {
  const { vcnOcid, managementSubnetOcid, computeSubnetOcid } = settings;
  const management = lookUpSubnet(scope, "management", managementSubnetOcid, vcnOcid);
  const compute = lookUpSubnet(scope, "compute", computeSubnetOcid, vcnOcid);
  return {
    vcnOcid,
    managementSubnetOcid,
    computeSubnetOcid,
    managementCidr: management.getStringAttribute("cidr_block"),
    computeCidr: compute.getStringAttribute("cidr_block"),
    managementDomain: management.getStringAttribute("subnet_domain_name"),
    computeDomain: compute.getStringAttribute("subnet_domain_name"),
    ready: [],
  };
}

/** A plan ends here, before anything is made, when the subnet cannot do. */
function lookUpSubnet(scope: Construct, role: string, subnetOcid: string, vcnOcid: string) {
  return new OciDataSource(
    scope,
    `${role}_subnet`,
    "oci_core_subnet",
    { subnet_id: subnetOcid },
    {
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.vcn_id == ${JSON.stringify(vcnOcid)}}`,
            errorMessage: `The ${role} subnet of cluster.yaml, ${subnetOcid}, is in another VCN than ${vcnOcid}. Write the OCIDs of a VCN and of subnets in it.`,
          },
          {
            // Made by another stack of ours: an id of a cluster is in the tag.
            condition: `\${!can(regex("^[a-z][a-z0-9]*-[0-9a-f]{8}$", self.freeform_tags["cluster"]))}`,
            errorMessage: `The ${role} subnet of cluster.yaml, ${subnetOcid}, was made for another cluster, whose id is in its tag \`cluster\`. Write the OCID of a subnet that is this cluster's alone.`,
          },
          {
            // CreateVnicDetails, hostnameLabel: not in a subnet without a DNS label.
            condition: `\${try(length(self.dns_label), 0) > 0}`,
            errorMessage: `The ${role} subnet of cluster.yaml, ${subnetOcid}, has no DNS label, so its machines cannot have names. OCI sets one only when a subnet is created: write the OCID of another subnet.`,
          },
        ],
      },
    },
  );
}
