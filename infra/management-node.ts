import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { metadataBytes, METADATA_BYTES_MAX } from "../nodectl/domain/user-data.ts";
import type { Cluster } from "./cluster.ts";
import { ImpossibleStack } from "./impossible-stack.ts";
import { managementFacts, type FactSources } from "./management-facts.ts";
import { OciDataSource, OciResource } from "./oci-resource.ts";
import type { ManagementSettings } from "./settings.ts";

export interface ManagementParts extends Omit<FactSources, "imageOcid"> {
  /** Full name, as OCI has it. */
  readonly availabilityDomain: string;
  /** What cloud-init runs. */
  readonly userData: string;
  /** What must be there before it boots, and may not go before it is gone. */
  readonly dependsOn: readonly ITerraformDependable[];
}

export interface ManagementNode {
  readonly publicIp: string;
  readonly ocid: string;
}

/** Its name in the subnet's DNS; slurm.conf's SlurmctldHost. */
const HOST_NAME = "mgmt";

/**
 * A new release of the image, other user data or another availability domain would replace a running node: that is done on
 * purpose only (README, "Upgrading").
 */
const IGNORED_CHANGES = ["source_details", "metadata", "availability_domain"];

export function createManagementNode(
  scope: Construct,
  cluster: Cluster,
  parts: ManagementParts,
): ManagementNode {
  const { settings, id, tags } = cluster;
  const { shape, size } = settings.management;
  const imageOcid = settings.management.imageOcid ?? newestUbuntu(scope, cluster, shape);
  const instance = new OciResource(
    scope,
    "management",
    "oci_core_instance",
    {
      compartment_id: settings.compartmentOcid,
      availability_domain: parts.availabilityDomain,
      display_name: `${id}-management`,
      shape,
      ...(size !== undefined && { shape_config: shapeConfig(size) }),
      source_details: [{ source_type: "image", source_id: imageOcid }],
      create_vnic_details: [
        {
          subnet_id: parts.network.managementSubnetOcid,
          // At launch: with a reserved address, attached later, cloud-init would be offline at first.
          assign_public_ip: "true",
          hostname_label: HOST_NAME,
          nsg_ids: [parts.network.securityGroups.management],
        },
      ],
      instance_options: [{ are_legacy_imds_endpoints_disabled: true }],
      metadata: metadata(cluster, { ...parts, imageOcid }),
      preserve_boot_volume: false,
      freeform_tags: { ...tags, type: "management" },
    },
    { dependsOn: [...parts.dependsOn], lifecycle: { ignoreChanges: IGNORED_CHANGES } },
  );
  return { publicIp: instance.getStringAttribute("public_ip"), ocid: instance.ocid };
}

function shapeConfig({
  ocpus,
  memoryGib,
}: NonNullable<ManagementSettings["size"]>): readonly [{ ocpus: number; memory_in_gbs: number }] {
  return [{ ocpus, memory_in_gbs: memoryGib }];
}

function metadata(
  cluster: Cluster,
  { userData, ...sources }: FactSources & { readonly userData: string },
): Readonly<Record<string, string>> {
  const all = {
    ssh_authorized_keys: cluster.settings.access.sshPublicKeys.join("\n"),
    user_data: Buffer.from(userData).toString("base64"),
    ...managementFacts(cluster, sources),
  };
  const bytes = metadataBytes(all);
  if (bytes > FIXED_BYTES_MAX) {
    throw new ImpossibleStack(
      `ssh_public_keys: with user data and facts they make ${bytes} bytes of metadata for the management node; OCI takes ` +
        `${METADATA_BYTES_MAX}, of which ${ROOM_FOR_EXPRESSIONS} are kept for what is known only later; write fewer or shorter keys`,
    );
  }
  return all;
}

/** OCIDs, names and a URL take the places of expressions, and are at most this much longer. */
const ROOM_FOR_EXPRESSIONS = 4_000;
const FIXED_BYTES_MAX = METADATA_BYTES_MAX - ROOM_FOR_EXPRESSIONS;

/**
 * Canonical's own, for the shape's architecture: the list has only what the shape takes. A custom image made of it has the same
 * operating system and version, and a name of its own (ListImages lists those of the compartment too).
 */
function newestUbuntu(scope: Construct, { settings }: Cluster, shape: string): string {
  const images = new OciDataSource(
    scope,
    "ubuntu",
    "oci_core_images",
    {
      compartment_id: settings.compartmentOcid,
      operating_system: "Canonical Ubuntu",
      operating_system_version: "24.04",
      shape,
      state: "AVAILABLE",
      sort_by: "TIMECREATED",
      sort_order: "DESC",
      filter: [{ name: "display_name", values: ["^Canonical-Ubuntu-24\\.04-"], regex: true }],
    },
    {
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.images) > 0}",
            errorMessage: `${settings.region} has no image of Canonical Ubuntu 24.04 for ${shape}. Write another shape, or an OCID below management: image:.`,
          },
        ],
      },
    },
  );
  return `\${${images.fqn}.images[0].id}`;
}
