import type { SlurmNode } from "../../../nodectl/slurm/control.ts";

/** An instance as far as the timeline cares. */
export interface ObservedInstance {
  readonly nodeName: string;
  readonly instanceOcid: string;
  readonly lifecycleState: string;
  /** What it has written to its console, where its machine boots. */
  readonly console?: string;
}

/** A LaunchInstance that OCI received. */
export interface ObservedLaunch {
  readonly nodeName: string;
  readonly timeMs: number;
}

/** Both sides of the cluster at one moment, in their own words. */
export interface Observation {
  readonly timeMs: number;
  readonly nodes: readonly SlurmNode[];
  /** squeue's word: PENDING, CONFIGURING, RUNNING, COMPLETED, …; "" once Slurm has forgotten the job. */
  readonly jobState: string;
  /** The nodes that the job was promised. */
  readonly jobNodes: readonly string[];
  readonly instances: readonly ObservedInstance[];
  readonly launches: readonly ObservedLaunch[];
}
