import { execFile } from "node:child_process";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { subnetDomain } from "./api/vcn-names.ts";
import { playbookVariables } from "./deployment.ts";
import type { ClusterDescription } from "./machines/cluster-description.ts";
import { commonFiles, managementFiles, sharedFiles } from "./machines/cluster-files.ts";
import type { ClusterMachines } from "./machines/hypervisor.ts";
import { timerUnits } from "./machines/timer-units.ts";
import { makeDirectory, writeFiles, type AccountIds } from "./machines/write-files.ts";
import { METADATA_ADDRESS } from "./machines/subnet-bridges.ts";
import type { BootingPlan, RegionPlan } from "./region-plan.ts";
import { sourceUrls } from "./sources/source-server.ts";

const run = promisify(execFile);

/**
 * Lays out what a cluster's machines that boot see at first: an empty /mnt/shared, and what the network would tell them. Everything else is their
 * playbook's to make.
 */
export async function layOutBootingCluster(
  { id, release, region, subnet, endpoint }: ClusterDescription,
  accounts: AccountIds,
  { management, sharedMebibytes }: Pick<BootingPlan, "management" | "sharedMebibytes">,
): Promise<ClusterMachines> {
  const base = join("clusters", id);
  const sharedDirectory = join(base, "shared");
  const files = join(base, "files");
  await makeDirectory(sharedDirectory, "root", accounts);
  if (sharedMebibytes !== undefined) {
    // In the region's own mount namespace, with which it goes.
    const options = `mode=0755,size=${sharedMebibytes}m`;
    await run("mount", ["-t", "tmpfs", "-o", options, "file-server", sharedDirectory]);
  }
  const { packages } = sourceUrls(new URL(endpoint).hostname);
  const sources = `deb [trusted=yes] ${packages} ./\n`;
  // As OCI's DHCP has it.
  const resolver = `nameserver ${METADATA_ADDRESS}\nsearch ${subnetDomain(region, subnet)}\n`;
  await writeFiles(
    files,
    [
      { path: "/etc/hosts", content: "127.0.0.1 localhost\n" },
      { path: "/etc/resolv.conf", content: resolver },
      { path: "/etc/apt/sources.list.d/region.list", content: sources },
      ...(management.kind === "deployed"
        ? [playbookVariables(release, endpoint, management.deployment.nodectlSettings)]
        : []),
    ],
    accounts,
  );
  // The image's own mode: machines take directories as they are.
  await mkdir(join(files, "root"), { recursive: true });
  await chmod(join(files, "root"), 0o700);
  return {
    clusterId: id,
    subnetOcid: subnet.ocid,
    directory: join(base, "machines"),
    sharedDirectory,
    filesDirectory: { management: files, compute: files },
  };
}

/** Lays out what a cluster's machines see, below the region's working directory. */
export async function layOutCluster(
  cluster: ClusterDescription,
  accounts: AccountIds,
  { hasTimers }: Pick<RegionPlan, "hasTimers">,
): Promise<ClusterMachines> {
  const base = join("clusters", cluster.id);
  const sharedDirectory = join(base, "shared");
  const filesDirectory = {
    management: join(base, "files-management"),
    compute: join(base, "files-compute"),
  };
  await mkdir(filesDirectory.compute, { recursive: true });
  for (const user of ["opc", "alice"] as const) {
    await makeDirectory(join(sharedDirectory, "home", user), user, accounts);
  }
  const common = commonFiles(cluster);
  const units = hasTimers ? await timerUnits() : [];
  const management = [...common, ...managementFiles(cluster), ...units];
  await writeFiles(sharedDirectory, sharedFiles(cluster), accounts);
  await writeFiles(filesDirectory.compute, common, accounts);
  await writeFiles(filesDirectory.management, management, accounts);
  return {
    clusterId: cluster.id,
    subnetOcid: cluster.subnet.ocid,
    directory: join(base, "machines"),
    sharedDirectory,
    filesDirectory,
  };
}
