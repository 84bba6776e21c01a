/** The freeform tags that make an instance ours; the first two are CitC's. */
export const TAG = { cluster: "cluster", type: "type", node: "node" } as const;
export const TYPE_COMPUTE = "compute";

export type Tags = Readonly<Record<string, string>>;

/** Whether the tags say that it belongs to this cluster, whatever it is. */
export function isOfCluster(tags: Tags, clusterId: string): boolean {
  return tags[TAG.cluster] === clusterId;
}

/** Whether the tags are those that startnode gives to the instances that it launches for this cluster. */
export function isComputeOf(tags: Tags, clusterId: string): boolean {
  return isOfCluster(tags, clusterId) && tags[TAG.type] === TYPE_COMPUTE;
}
