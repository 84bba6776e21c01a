import type { Clock } from "../domain/clock.ts";
import type { LaunchSpecification } from "../domain/launch-specification.ts";
import type { Log } from "../domain/log.ts";
import type { NodeRecord } from "../domain/node-use.ts";
import type { Instance, InstanceControl } from "../oci/provider.ts";

/** A node that is to have a machine, and what OCI has to be asked for. */
export interface LaunchTarget {
  readonly nodeName: string;
  readonly specification: LaunchSpecification;
}

/** How one node ended: every target has exactly one. */
export type LaunchResult =
  | {
      readonly kind: "launched" | "adopted";
      readonly nodeName: string;
      readonly instance: Instance;
    }
  | { readonly kind: "failed"; readonly nodeName: string; readonly reason: string };

export interface LaunchContext {
  readonly instances: InstanceControl;
  /** Slurm's record of a node; asked only when a namesake is alive. */
  readonly nodeRecords: () => Promise<ReadonlyMap<string, NodeRecord>>;
  readonly clusterId: string;
  /** Slurm called, not a person: the nodes are asked for at this moment. */
  readonly isResumedNow: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Launches under way at once. */
  readonly concurrency: number;
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
}

/** A target that has no instance yet. */
export interface Pending extends LaunchTarget {
  /** Tokens spent in this run. */
  readonly attempt: number;
  /** Why it is not launched yet, for the case that the deadline comes first. */
  readonly obstacle: string;
}

export type Step = LaunchResult | { readonly kind: "pending"; readonly pending: Pending };
