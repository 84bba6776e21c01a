import type { RegionDescription, SubnetDescription } from "../api/region.ts";
import type { ReleaseName } from "./releases.ts";

/** One cluster in the region: a subnet, a management node and what both need. */
export interface ClusterDescription {
  /** Value of the tag `cluster`, and Slurm's ClusterName. */
  readonly id: string;
  readonly release: ReleaseName;
  readonly region: RegionDescription;
  readonly subnet: SubnetDescription;
  readonly managementName: string;
  readonly managementAddress: string;
  /** What instances are made of, unless limits.yaml names another image. */
  readonly imageOcid: string;
  /** Base URL of the API as its machines reach it. */
  readonly endpoint: string;
  readonly secrets: ClusterSecrets;
}

/** What is made anew for every cluster. */
export interface ClusterSecrets {
  /** Base64. */
  readonly mungeKey: string;
  /** A line of authorized_keys. */
  readonly sshPublicKey: string;
}
