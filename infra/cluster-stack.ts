import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { lookUpAvailabilityDomains } from "./availability-domains.ts";
import { createCluster } from "./cluster.ts";
import { createNetwork } from "./network.ts";
import { OciProvider } from "./oci-resource.ts";
import type { ClusterSettings } from "./settings.ts";
import { createSharedFilesystem } from "./shared-filesystem.ts";

export interface ClusterStackOptions {
  readonly settings: ClusterSettings;
  /** Absolute: a relative one would be relative to the disposable cdktf.out. */
  readonly stateFile: string;
}

/** The whole cluster but for its compute nodes, which startnode launches. */
export class ClusterStack extends TerraformStack {
  constructor(scope: Construct, { settings, stateFile }: ClusterStackOptions) {
    super(scope, settings.name);
    new LocalBackend(this, { path: stateFile });
    const { region, ociProfile } = settings;
    new OciProvider(this, "oci", { region, config_file_profile: ociProfile });
    const cluster = createCluster(this, settings);
    const { availabilityDomainOf } = lookUpAvailabilityDomains(this, cluster);
    const network = createNetwork(this, cluster);
    const fileSystemAd = availabilityDomainOf(settings.availabilityDomains.fileSystem);
    createSharedFilesystem(this, cluster, network, fileSystemAd);
    new TerraformOutput(this, "cluster_id", { value: cluster.id });
  }
}
