import { TerraformOutput, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { named, type Cluster } from "./cluster.ts";
import type { Network } from "./network.ts";
import { OciResource } from "./oci-resource.ts";

/** What machines mount, over NFSv3. */
export interface SharedFilesystem {
  readonly exportPath: "/shared";
  /** An expression: a name in the compute subnet. */
  readonly hostName: string;
  readonly ready: readonly ITerraformDependable[];
}

const EXPORT_PATH = "/shared";
/** Unique in its subnet: a second cluster in the same compute subnet fails at it. */
const HOST_NAME_LABEL = "fileserver";

/** A File Storage file system, exported to the cluster's subnets alone. */
export function createSharedFilesystem(
  scope: Construct,
  cluster: Cluster,
  network: Network,
  availabilityDomain: string,
): SharedFilesystem {
  const fileSystem = createFileSystem(scope, cluster, availabilityDomain);
  const mountTarget = new OciResource(scope, "mount_target", "oci_file_storage_mount_target", {
    ...named(cluster, "file-server"),
    compartment_id: cluster.settings.compartmentOcid,
    // Where the file system is, even when the settings have changed since.
    availability_domain: fileSystem.getStringAttribute("availability_domain"),
    subnet_id: network.computeSubnetOcid,
    hostname_label: HOST_NAME_LABEL,
    nsg_ids: [network.securityGroups.fileServer],
  });
  const fileSystemExport = new OciResource(scope, "shared_export", "oci_file_storage_export", {
    export_set_id: mountTarget.getStringAttribute("export_set_id"),
    file_system_id: fileSystem.ocid,
    path: EXPORT_PATH,
    export_options: [network.managementCidr, network.computeCidr].map(exportOption),
  });
  return {
    exportPath: EXPORT_PATH,
    hostName: `${HOST_NAME_LABEL}.${network.computeDomain}`,
    ready: [fileSystemExport],
  };
}

/**
 * Root on nodes makes homes and reads keys, so that its requests are not turned into nobody's; OCI's default for options
 * that are listed is ROOT squash (ClientOptions, identitySquash). With the privileged port only root may send them.
 */
function exportOption(source: string) {
  return {
    source,
    access: "READ_WRITE",
    require_privileged_source_port: true,
    identity_squash: "NONE",
  } as const;
}

/** The file system itself, and what becomes of it on destroy: the plan of a destroy shows outputs, by the settings of now. */
function createFileSystem(scope: Construct, cluster: Cluster, availabilityDomain: string) {
  const { compartmentOcid, keepFileSystem } = cluster.settings;
  const fileSystem = new OciResource(
    scope,
    "shared_file_system",
    "oci_file_storage_file_system",
    {
      ...named(cluster, "shared"),
      compartment_id: compartmentOcid,
      availability_domain: availabilityDomain,
    },
    {
      lifecycle: {
        preventDestroy: keepFileSystem,
        // Another one would mean another file system, and the loss of this one.
        ignoreChanges: ["availability_domain"],
      },
    },
  );
  const { ocid } = fileSystem;
  new TerraformOutput(scope, "on_destroy", {
    value: keepFileSystem ? keepingText(ocid) : deletingText(ocid),
  });
  return fileSystem;
}

function keepingText(ocid: string): string {
  return (
    `\`npm run destroy\` keeps the file system ${ocid} with all that is in /mnt/shared, and OCI goes on billing what is` +
    " stored in it (about 0.30 USD per GB and month; the price list counts). The next `npx cdktf deploy` here takes it again." +
    " `npx cdktf destroy` is refused as long as cluster.yaml says keep_file_system: true."
  );
}

function deletingText(ocid: string): string {
  return (
    `Destroying deletes the file system ${ocid} with all that is in /mnt/shared: homes, data, results.` +
    " To keep it, write keep_file_system: true into cluster.yaml and run `npm run destroy`."
  );
}
