import type { RegionDescription, SubnetDescription } from "../api/region.ts";
import type { ReleaseName } from "./releases.ts";

/** Who may call the API for a cluster. */
export interface ApiIdentity {
  readonly userOcid: string;
  /** MD5 of the public key, in pairs separated by colons: OCI's name for a key. */
  readonly fingerprint: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/** One cluster in the region: a subnet, a management node and what both need. */
export interface ClusterDescription {
  /** Value of the tag `cluster`, and Slurm's ClusterName. */
  readonly id: string;
  readonly release: ReleaseName;
  readonly region: RegionDescription;
  readonly subnet: SubnetDescription;
  readonly managementName: string;
  readonly managementAddress: string;
  /** Base URL of the API as its machines reach it. */
  readonly endpoint: string;
  readonly secrets: ClusterSecrets;
}

/** What is made anew for every cluster. */
export interface ClusterSecrets {
  readonly identity: ApiIdentity;
  /** Base64. */
  readonly mungeKey: string;
  /** A line of authorized_keys. */
  readonly sshPublicKey: string;
}
