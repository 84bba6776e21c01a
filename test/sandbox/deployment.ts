import { join } from "node:path";
import { stringify } from "yaml";
import { managementFacts } from "../../infra/management-facts.ts";
import { renderUserData } from "../../infra/user-data.ts";
import type { RegionDescription, SubnetDescription } from "./api/region.ts";
import { FILE_SERVER_LABEL, subnetDomain } from "./api/vcn-names.ts";
import type { MachineFile } from "./machines/machine-file.ts";
import { RELEASES, type ReleaseName } from "./machines/releases.ts";
import type { DeploymentPlan } from "./region-plan.ts";
import { sourceUrls } from "./sources/source-server.ts";

const USER_DATA = join(import.meta.dirname, "../../userdata");

/** Where a cluster is deployed to. */
export interface DeploymentPlace {
  readonly id: string;
  readonly region: RegionDescription;
  readonly subnet: SubnetDescription;
  readonly imageOcid: string;
  /** The virtual router of its subnet, where the region's API and sources are. */
  readonly routerAddress: string;
  readonly archiveSha256: string;
}

/** The metadata of a management node as infra's stack has it, with one subnet for management and compute. */
export function deployedMetadata(
  { id, region, subnet, imageOcid, routerAddress, archiveSha256 }: DeploymentPlace,
  { ref, sshPublicKeys }: DeploymentPlan,
): Readonly<Record<string, string>> {
  const { git, archive: archiveUrl } = sourceUrls(routerAddress);
  const domain = subnetDomain(region, subnet);
  const [group = ""] = region.networkSecurityGroupOcids;
  const facts = managementFacts(
    {
      id,
      settings: {
        region: region.name,
        compartmentOcid: subnet.compartmentOcid,
        ansible: { repository: git, ref },
        identity: { mode: "existing" },
      },
    },
    {
      network: {
        vcnOcid: region.vcn.ocid,
        managementSubnetOcid: subnet.ocid,
        computeSubnetOcid: subnet.ocid,
        managementCidr: subnet.cidr,
        computeCidr: subnet.cidr,
        managementDomain: domain,
        computeDomain: domain,
        securityGroups: { management: group, compute: group, fileServer: group },
      },
      fileSystem: { exportPath: "/shared", hostName: `${FILE_SERVER_LABEL}.${domain}` },
      archive: { url: archiveUrl, sha256: archiveSha256 },
      adRoot: region.availabilityDomains[0]?.replace(/\d+$/, "") ?? "",
      imageOcid,
    },
  );
  const userData = renderUserData(USER_DATA, "management.yaml");
  return {
    ...facts,
    ssh_authorized_keys: sshPublicKeys.join("\n"),
    user_data: Buffer.from(userData).toString("base64"),
  };
}

/**
 * Variables for every playbook, beside the inventory that user data writes: what machines in namespaces cannot do, or need not,
 * and where the region's API is.
 */
export function playbookVariables(
  release: ReleaseName,
  endpoint: string,
  settings: DeploymentPlan["nodectlSettings"],
): MachineFile {
  const content = stringify({
    base_time_service: false,
    slurm_proctrack_type: "proctrack/linuxproc",
    slurm_task_plugin: "task/none",
    slurm_cgroup_parameters: { CgroupPlugin: RELEASES[release].cgroupPlugin },
    // A node may claim to be a shape that is larger than this computer.
    slurm_extra_parameters: { SlurmdParameters: "config_overrides" },
    nodectl_settings: { endpoint, ...settings },
  });
  return { path: "/root/group_vars/all.yml", content };
}
