import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { ExpectedArchive } from "../nodectl/build/build.ts";
import { createArchive } from "./archive.ts";
import { lookUpAvailabilityDomains } from "./availability-domains.ts";
import { createCluster } from "./cluster.ts";
import { createIdentity } from "./identity.ts";
import { createManagementNode } from "./management-node.ts";
import { createNetwork } from "./network.ts";
import { OciProvider } from "./oci-resource.ts";
import { createOutputs } from "./outputs.ts";
import type { ClusterSettings } from "./settings.ts";
import { createSharedFilesystem } from "./shared-filesystem.ts";
import { createSweep } from "./sweep-resource.ts";

export interface ClusterStackOptions {
  readonly settings: ClusterSettings;
  /** Absolute: a relative one would be relative to the disposable cdktf.out. */
  readonly stateFile: string;
  /** nodectl, for the management node's architecture. */
  readonly archive: ExpectedArchive;
  /** The management node's. */
  readonly userData: string;
}

/** The first that has terraform_data. */
const TERRAFORM_VERSIONS = ">= 1.4";

/** The whole cluster but for its compute nodes, which startnode launches. What depends on what is also the order of a destroy. */
export class ClusterStack extends TerraformStack {
  constructor(scope: Construct, { settings, stateFile, ...files }: ClusterStackOptions) {
    super(scope, settings.name);
    new LocalBackend(this, { path: stateFile });
    this.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
    const { region, ociProfile, availabilityDomains } = settings;
    new OciProvider(this, "oci", { region, config_file_profile: ociProfile });

    const cluster = createCluster(this, settings);
    const { availabilityDomainOf, root: adRoot } = lookUpAvailabilityDomains(this, cluster);
    const network = createNetwork(this, cluster);
    const fileSystemAd = availabilityDomainOf(availabilityDomains.fileSystem);
    const fileSystem = createSharedFilesystem(this, cluster, network, fileSystemAd);
    const archive = createArchive(this, cluster, files.archive);
    const sweep = createSweep(this, cluster, { uses: [...network.ready, ...fileSystem.ready] });
    const management = createManagementNode(this, cluster, {
      ...{ network, fileSystem, archive, adRoot, userData: files.userData },
      availabilityDomain: availabilityDomainOf(availabilityDomains.management),
      dependsOn: [...network.ready, ...fileSystem.ready, ...archive.ready, sweep],
    });
    createIdentity(this, cluster, management.ocid);

    new TerraformOutput(this, "cluster_id", { value: cluster.id });
    createOutputs(this, management);
  }
}
