import type { Archive } from "./archive.ts";
import type { Network } from "./network.ts";
import type { ClusterSettings } from "./settings.ts";
import type { SharedFilesystem } from "./shared-filesystem.ts";

/** What of the cluster and its settings is told. */
export interface ToldCluster {
  readonly id: string;
  readonly settings: Pick<ClusterSettings, "region" | "compartmentOcid" | "ansible" | "identity">;
}

export interface FactSources {
  readonly network: Omit<Network, "ready">;
  readonly fileSystem: Omit<SharedFilesystem, "ready">;
  readonly archive: Omit<Archive, "ready">;
  /** Full name of an availability domain without its number. */
  readonly adRoot: string;
  readonly imageOcid: string;
}

/**
 * What the management node is told about its cluster, as keys of its instance metadata: everybody on the machine and
 * everybody who may read instances can see them. The first ones are settings of /etc/citc/startnode.yaml, under the same
 * names; nsg_ids is a list as YAML and JSON write it.
 */
export function managementFacts(
  { settings, id }: ToldCluster,
  { network, fileSystem, archive, adRoot, imageOcid }: FactSources,
): Readonly<Record<string, string>> {
  const { region, compartmentOcid, ansible, identity } = settings;
  const auth = identity.mode === "config_file" ? "config_file" : "instance_principals";
  const definedTag = identity.mode === "create" ? identity.definedTag : undefined;
  return {
    region,
    compartment_id: compartmentOcid,
    vcn_id: network.vcnOcid,
    subnet_id: network.computeSubnetOcid,
    nsg_ids: `["${network.securityGroups.compute}"]`,
    ad_root: adRoot,
    cluster_id: id,
    ansible_repo: ansible.repository,
    ansible_branch: ansible.ref,
    mgmt_image_id: imageOcid,
    auth,
    ...(definedTag !== undefined && { defined_tag: `${definedTag.namespace}.${definedTag.key}` }),
    // Not of startnode.yaml.
    domain: network.managementDomain,
    compute_domain: network.computeDomain,
    management_cidr: network.managementCidr,
    compute_cidr: network.computeCidr,
    file_server: fileSystem.hostName,
    file_system_export: fileSystem.exportPath,
    archive_url: archive.url,
    archive_sha256: archive.sha256,
  };
}
