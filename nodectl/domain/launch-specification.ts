/**
 * What OCI has to be asked for to get the machine that Slurm was told about. `finish` writes one per group of
 * node names into nodes.json; `startnode` reads it there and nowhere else, because limits.yaml may have been
 * edited since and a node name cannot be turned back into a shape.
 */
export interface LaunchSpecification extends ShapeOffer {
  /** Full names (`Uocm:PHX-AD-1`), in the order of preference. One for a fixed AD, all of the region for any AD. */
  readonly availabilityDomains: readonly string[];
  /** Absent: the cluster's image (mgmt_image_id of startnode.yaml). */
  readonly imageOcid?: string;
  /** Absent: the image's own size. OCI allows 50 to 32768 GB. */
  readonly bootVolumeGib?: number;
  /** Tried in this order when the shape is not to be had; none is smaller than what Slurm was told. */
  readonly alternatives?: readonly (ShapeOffer &
    Pick<LaunchSpecification, "availabilityDomains">)[];
  /** Capacity that OCI may take back: instead of on-demand capacity, or before it. */
  readonly preemptible?: "only" | "first";
}

/** A shape, with sizes when it is flexible. */
export interface ShapeOffer {
  /** OCI's shape name, in OCI's spelling, e.g. `VM.Standard.E4.Flex`. */
  readonly shape: string;
  /** Only for flexible shapes: LaunchInstance refuses an empty shapeConfig for the others. */
  readonly shapeConfig?: { readonly ocpus: number; readonly memoryGib: number };
}

/** Parameters of a line of slurm.conf in their order, keys spelled as Slurm spells them. */
export type SlurmOptions = Readonly<Record<string, string>>;

/** A hostlist expression of node names (`a-[0001-0004]`) and what all of them are launched as. */
export interface NodeGroup {
  readonly names: string;
  readonly specification: LaunchSpecification;
  /** What Slurm was told, so that a later finish can write the line again, also for a part of the names. */
  readonly slurm?: SlurmNodes;
  /** True when the limits no longer name these nodes: they stay until they are down, because Slurm 22.05 kills jobs on nodes whose line goes. */
  readonly isRetired?: boolean;
}

export interface SlurmNodes {
  readonly options: SlurmOptions;
  readonly partitions: readonly string[];
}

export interface SlurmPartition {
  readonly name: string;
  readonly options: SlurmOptions;
}

/**
 * The longest of the cluster and all its partitions. A node that registers after its ResumeTimeout is DOWN, and one that is
 * powered down is off, and may be asked for again, after SuspendTimeout.
 */
export interface PowerTimers {
  readonly resumeTimeoutSeconds: number;
  readonly suspendTimeoutSeconds: number;
}

/** The content of nodes.json. */
export interface NodesFile {
  readonly version: 1;
  /** Names the generation: the same in every file that one run of finish wrote. */
  readonly generation: string;
  readonly clusterId: string;
  /** Absent in a file of an earlier nodectl. */
  readonly timers?: PowerTimers;
  readonly groups: readonly NodeGroup[];
  /** Kept for retired nodes whose partition the limits no longer name. */
  readonly partitions?: readonly SlurmPartition[];
}
