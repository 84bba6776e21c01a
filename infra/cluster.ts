import { DataResource } from "cdktf";
import type { Construct } from "constructs";
import type { ClusterSettings } from "./settings.ts";

/** What every part of the stack is told of the cluster. */
export interface Cluster {
  readonly settings: ClusterSettings;
  /** An expression: `<name>-<8 hex digits>`, known when the cluster is first deployed, and the same until it is destroyed. */
  readonly id: string;
  /** Of every resource that can have tags; the sweep and nodectl tell by `cluster` what is ours. */
  readonly tags: { readonly cluster: string };
}

/** Names and tags of one resource, `<cluster id>-<what>`. */
export function named(cluster: Cluster, what: string) {
  return { display_name: `${cluster.id}-${what}`, freeform_tags: cluster.tags };
}

/**
 * Two clusters of one name in one compartment must not take each other's instances for their own, and there is no place
 * where names are known: the id ends with a part of a random UUID that Terraform keeps in its state.
 */
export function createCluster(scope: Construct, settings: ClusterSettings): Cluster {
  const uuid = new DataResource(scope, "cluster_uuid", {
    // Made first, and the last to go: deployed-place.ts reads it from the state. It changes in place.
    input: { region: settings.region, compartment: settings.compartmentOcid },
    // The tags of a file system that is kept have the id, and so has the next cluster that takes it.
    lifecycle: { preventDestroy: settings.keepFileSystem },
  });
  const id = `${settings.name}-\${substr(${uuid.fqn}.id, 0, 8)}`;
  return { settings, id, tags: { cluster: id } };
}
