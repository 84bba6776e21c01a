import type { Construct } from "constructs";
import { named, type Cluster } from "./cluster.ts";
import type { Subnets } from "./network.ts";
import { OciResource } from "./oci-resource.ts";
import type { OciServices } from "./oci-services.ts";
import type { NetworkSettings } from "./settings.ts";

type NewNetwork = Extract<NetworkSettings, { kind: "new" }>;

/** DNS labels of the subnets: at most 15 letters and digits. */
const MANAGEMENT_LABEL = "management";
const COMPUTE_LABEL = "compute";

/** A VCN with a public subnet for the management node and a private one for compute nodes and the file server. */
export function createVcn(
  scope: Construct,
  cluster: Cluster,
  settings: NewNetwork,
  services: OciServices,
): Subnets {
  const { compartmentOcid: compartment_id } = cluster.settings;
  const vcn = new OciResource(scope, "vcn", "oci_core_vcn", {
    ...named(cluster, "network"),
    compartment_id,
    cidr_blocks: [settings.vcnCidr],
    dns_label: cluster.settings.name,
  });
  const inVcn = (what: string) => ({ ...named(cluster, what), compartment_id, vcn_id: vcn.ocid });
  const common = {
    dhcp_options_id: createDhcpOptions(scope, inVcn, vcn.getStringAttribute("vcn_domain_name")),
    // The VCN's own list, which is taken when none is named, lets SSH in from everywhere.
    security_list_ids: [
      new OciResource(scope, "no_rules", "oci_core_security_list", inVcn("no-rules")).ocid,
    ],
  };
  const routes = createRoutes(scope, inVcn, services);
  const management = new OciResource(scope, "management_subnet", "oci_core_subnet", {
    ...inVcn("management"),
    ...common,
    cidr_block: settings.managementCidr,
    dns_label: MANAGEMENT_LABEL,
    route_table_id: routes.public.ocid,
    prohibit_public_ip_on_vnic: false,
    prohibit_internet_ingress: false,
  });
  const compute = new OciResource(scope, "compute_subnet", "oci_core_subnet", {
    ...inVcn("compute"),
    ...common,
    cidr_block: settings.computeCidr,
    dns_label: COMPUTE_LABEL,
    route_table_id: routes.private.ocid,
    prohibit_public_ip_on_vnic: true,
    prohibit_internet_ingress: true,
  });
  return {
    vcnOcid: vcn.ocid,
    managementSubnetOcid: management.ocid,
    computeSubnetOcid: compute.ocid,
    managementCidr: settings.managementCidr,
    computeCidr: settings.computeCidr,
    managementDomain: management.getStringAttribute("subnet_domain_name"),
    computeDomain: compute.getStringAttribute("subnet_domain_name"),
    ready: [routes.public, routes.private],
  };
}

type InVcn = (what: string) => ReturnType<typeof named> & {
  readonly compartment_id: string;
  readonly vcn_id: string;
};

/**
 * OCI takes one search domain: that of the compute nodes, in both subnets, as theirs are the names that people type and
 * that MPI looks up. The management node is known by its full name.
 */
function createDhcpOptions(scope: Construct, inVcn: InVcn, vcnDomain: string): string {
  return new OciResource(scope, "dhcp_options", "oci_core_dhcp_options", {
    ...inVcn("dhcp"),
    options: [
      { type: "DomainNameServer", server_type: "VcnLocalPlusInternet" },
      { type: "SearchDomain", search_domain_names: [`${COMPUTE_LABEL}.${vcnDomain}`] },
    ],
  }).ocid;
}

/**
 * The private subnet reaches OCI's services by the service gateway and the rest by NAT. The public one has the internet
 * gateway alone: the service gateway is for what has no public address ("Access to Oracle Services: Service Gateway").
 */
function createRoutes(scope: Construct, inVcn: InVcn, services: OciServices) {
  const internet = new OciResource(
    scope,
    "internet_gateway",
    "oci_core_internet_gateway",
    inVcn("internet"),
  );
  const nat = new OciResource(scope, "nat_gateway", "oci_core_nat_gateway", inVcn("nat"));
  const service = new OciResource(scope, "service_gateway", "oci_core_service_gateway", {
    ...inVcn("services"),
    services: [{ service_id: services.ocid }],
  });
  return {
    public: new OciResource(scope, "public_routes", "oci_core_route_table", {
      ...inVcn("public"),
      route_rules: [toInternet(internet.ocid)],
    }),
    private: new OciResource(scope, "private_routes", "oci_core_route_table", {
      ...inVcn("private"),
      route_rules: [
        toInternet(nat.ocid),
        {
          destination: services.cidrLabel,
          destination_type: "SERVICE_CIDR_BLOCK",
          network_entity_id: service.ocid,
          description: "OCI's services, without the internet",
        },
      ],
    }),
  };
}

function toInternet(gatewayOcid: string) {
  return {
    destination: "0.0.0.0/0",
    destination_type: "CIDR_BLOCK",
    network_entity_id: gatewayOcid,
    description: "the internet",
  } as const;
}
