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
  readonly oci_identity_dynamic_group: Identity & { readonly matching_rule: string };
  readonly oci_identity_policy: Identity & { readonly statements: readonly string[] };
  readonly oci_objectstorage_bucket: {
    readonly compartment_id: string;
    readonly namespace: string;
    readonly name: string;
    readonly access_type: "NoPublicAccess";
    readonly freeform_tags: Tags;
  };
  readonly oci_objectstorage_object: {
    readonly namespace: string;
    readonly bucket: string;
    readonly object: string;
    readonly source: string;
    readonly content_type: string;
  };
  readonly oci_objectstorage_preauthrequest: {
    readonly namespace: string;
    readonly bucket: string;
    readonly name: string;
    readonly object_name: string;
    readonly access_type: "ObjectRead";
    readonly time_expires: string;
  };
  readonly oci_core_instance: Named & {
    readonly compartment_id: string;
    readonly availability_domain: string;
    readonly shape: string;
    readonly shape_config?: readonly [{ readonly ocpus: number; readonly memory_in_gbs: number }];
    readonly source_details: readonly [
      { readonly source_type: "image"; readonly source_id: string },
    ];
    readonly create_vnic_details: readonly [
      {
        readonly subnet_id: string;
        /** A string in this provider. */
        readonly assign_public_ip: "true" | "false";
        readonly hostname_label: string;
        readonly nsg_ids: readonly string[];
      },
    ];
    readonly instance_options: readonly [{ readonly are_legacy_imds_endpoints_disabled: boolean }];
    readonly metadata: Readonly<Record<string, string>>;
    readonly preserve_boot_volume: boolean;
  };
}

export interface DataSourceTypes {
  readonly oci_core_subnet: { readonly subnet_id: string };
  readonly oci_identity_availability_domains: { readonly compartment_id: string };
  readonly oci_core_services: { readonly filter: readonly Filter[] };
  readonly oci_objectstorage_namespace: { readonly compartment_id: string };
  readonly oci_core_images: {
    readonly compartment_id: string;
    readonly operating_system: string;
    readonly operating_system_version: string;
    readonly shape: string;
    readonly state: "AVAILABLE";
    readonly sort_by: "TIMECREATED";
    readonly sort_order: "DESC";
    readonly filter: readonly Filter[];
  };
  readonly oci_identity_region_subscriptions: { readonly tenancy_id: string };
  readonly oci_core_network_security_groups: {
    readonly compartment_id: string;
    readonly vcn_id: string;
    readonly state: "AVAILABLE";
  };
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

interface Identity {
  readonly compartment_id: string;
  readonly name: string;
  readonly description: string;
  readonly freeform_tags: Tags;
}
