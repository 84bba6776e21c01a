/** What cluster.yaml says, checked. cluster.example.yaml documents each key. */
export interface ClusterSettings {
  /** Lower-case letters and digits, a letter first, at most 15: it is the VCN's DNS label too. */
  readonly name: string;
  /** Such as eu-frankfurt-1. */
  readonly region: string;
  /** Where the tenancy was made: OCI takes changes of identity there only. */
  readonly homeRegion: string;
  /** Holds dynamic groups; undefined where `identity.mode` needs none. */
  readonly tenancyOcid: string | undefined;
  readonly compartmentOcid: string;
  /** Profile of ~/.oci/config that Terraform and the sweep use. */
  readonly ociProfile: string;
  /** 1 to 3, as limits.yaml counts availability domains. */
  readonly availabilityDomains: {
    readonly management: number;
    readonly fileSystem: number;
  };
  readonly management: ManagementSettings;
  readonly network: NetworkSettings;
  readonly access: AccessSettings;
  readonly ansible: AnsibleSettings;
  readonly identity: IdentitySettings;
  readonly keepFileSystem: boolean;
}

export interface ManagementSettings {
  readonly shape: string;
  /** Both for flexible shapes, neither for the others. */
  readonly size: { readonly ocpus: number; readonly memoryGib: number } | undefined;
  /** undefined: the newest Canonical Ubuntu 24.04 for the shape. */
  readonly imageOcid: string | undefined;
}

export type NetworkSettings =
  | {
      readonly kind: "new";
      readonly vcnCidr: string;
      readonly managementCidr: string;
      readonly computeCidr: string;
    }
  /** Made by others; nothing of it is changed but the network security groups that are added. */
  | {
      readonly kind: "existing";
      readonly vcnOcid: string;
      readonly managementSubnetOcid: string;
      readonly computeSubnetOcid: string;
    };

export interface AccessSettings {
  /** Who may reach port 22 of the management node. */
  readonly sshCidrs: readonly string[];
  /** Of the admin `opc`, as in authorized_keys. */
  readonly sshPublicKeys: readonly string[];
}

export interface AnsibleSettings {
  readonly repository: string;
  /** A tag or a commit; a branch moves under a running cluster. */
  readonly ref: string;
}

export type IdentitySettings =
  /** A dynamic group and policies are made, in the tenancy and in its home region. */
  | { readonly mode: "create"; readonly definedTag: DefinedTag | undefined }
  /** Somebody with the right to has made them: infra/README.md lists the statements. */
  | { readonly mode: "existing" }
  /** The last resort: the admin puts an API key onto the management node afterwards. */
  | { readonly mode: "config_file" };

/** An existing tag key, by which policies can tell this cluster's instances. */
export interface DefinedTag {
  readonly namespace: string;
  readonly key: string;
}
