/**
 * What we use of the resources of oracle/oci 8.28.0, spelt as in its documentation. A block is a list of objects.
 * test/infra/provider-schema.test.ts compares what is synthesized with the provider's own schema.
 */
export interface ResourceTypes {
  readonly oci_core_vcn: Named & {
    readonly compartment_id: string;
    readonly cidr_blocks: readonly string[];
    readonly dns_label: string;
  };
  readonly oci_core_subnet: Named & {
    readonly compartment_id: string;
    readonly vcn_id: string;
    readonly cidr_block: string;
    readonly dns_label: string;
    readonly route_table_id: string;
    readonly dhcp_options_id: string;
    readonly security_list_ids: readonly string[];
    readonly prohibit_public_ip_on_vnic: boolean;
    readonly prohibit_internet_ingress: boolean;
  };
  readonly oci_core_internet_gateway: InVcn;
  readonly oci_core_nat_gateway: InVcn;
  readonly oci_core_service_gateway: InVcn & {
    readonly services: readonly { readonly service_id: string }[];
  };
  readonly oci_core_route_table: InVcn & { readonly route_rules: readonly RouteRule[] };
  readonly oci_core_dhcp_options: InVcn & { readonly options: readonly DhcpOption[] };
  /** Without any rule: network security groups have them all. */
  readonly oci_core_security_list: InVcn;
  readonly oci_core_network_security_group: InVcn;
  readonly oci_core_network_security_group_security_rule: SecurityRule;
  readonly oci_file_storage_file_system: Named & {
    readonly compartment_id: string;
    readonly availability_domain: string;
  };
  readonly oci_file_storage_mount_target: Named & {
    readonly compartment_id: string;
    readonly availability_domain: string;
    readonly subnet_id: string;
    readonly hostname_label: string;
    readonly nsg_ids: readonly string[];
  };
  readonly oci_file_storage_export: {
    readonly export_set_id: string;
    readonly file_system_id: string;
    readonly path: string;
    readonly export_options: readonly ExportOption[];
  };
}

export interface DataSourceTypes {
  readonly oci_core_subnet: { readonly subnet_id: string };
  readonly oci_identity_availability_domains: { readonly compartment_id: string };
  readonly oci_core_services: { readonly filter: readonly Filter[] };
}

type Tags = Readonly<Record<string, string>>;

interface Named {
  readonly display_name: string;
  readonly freeform_tags: Tags;
  readonly defined_tags?: Tags;
}

type InVcn = Named & { readonly compartment_id: string; readonly vcn_id: string };

interface RouteRule {
  readonly destination: string;
  readonly destination_type: "CIDR_BLOCK" | "SERVICE_CIDR_BLOCK";
  readonly network_entity_id: string;
  readonly description: string;
}

type DhcpOption =
  | { readonly type: "DomainNameServer"; readonly server_type: "VcnLocalPlusInternet" }
  | { readonly type: "SearchDomain"; readonly search_domain_names: readonly [string] };

/** `protocol` is "all" or IANA's number. */
export interface SecurityRule {
  readonly network_security_group_id: string;
  readonly direction: "INGRESS" | "EGRESS";
  readonly description: string;
  readonly protocol: string;
  readonly source?: string;
  readonly source_type?: RuleEndType;
  readonly destination?: string;
  readonly destination_type?: RuleEndType;
  readonly tcp_options?: PortOptions;
  readonly udp_options?: PortOptions;
  readonly icmp_options?: readonly { readonly type: number; readonly code?: number }[];
}

export type RuleEndType = "CIDR_BLOCK" | "SERVICE_CIDR_BLOCK" | "NETWORK_SECURITY_GROUP";

type PortOptions = readonly {
  readonly destination_port_range: readonly { readonly min: number; readonly max: number }[];
}[];

interface ExportOption {
  readonly source: string;
  readonly access: "READ_WRITE";
  readonly require_privileged_source_port: boolean;
  readonly identity_squash: "NONE";
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
  readonly regex: boolean;
}
