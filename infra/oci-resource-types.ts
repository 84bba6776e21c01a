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
}

export interface DataSourceTypes {
  readonly oci_core_subnet: { readonly subnet_id: string };
  readonly oci_identity_availability_domains: { readonly compartment_id: string };
}

type Tags = Readonly<Record<string, string>>;

interface Named {
  readonly display_name: string;
  readonly freeform_tags: Tags;
  readonly defined_tags?: Tags;
}
