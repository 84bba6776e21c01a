import type { Clock } from "../domain/clock.ts";
import type { DoomedJobs } from "../domain/doomed-jobs.ts";
import type { FailedNode } from "../domain/failed-node.ts";
import type { LaunchSpecification } from "../domain/launch-specification.ts";
import type { Log } from "../domain/log.ts";
import type { Placement } from "../domain/placement.ts";
import type { RefusedPlacement } from "../domain/refused-placements.ts";
import type { Instance, InstanceControl } from "../oci/provider.ts";
import type { SlurmControl } from "../slurm/control.ts";
import type { CapacityMemory } from "./capacity-memory.ts";
import type { RefusedOffers } from "./refused-offers.ts";

/** A node that is to have a machine, and what OCI has to be asked for. */
export interface LaunchTarget {
  readonly nodeName: string;
  readonly specification: LaunchSpecification;
}

/** A launch that OCI has accepted. */
export interface LaunchedNode {
  readonly target: LaunchTarget;
  readonly instance: Instance;
  readonly placement: Placement;
  /** Tells why, when OCI gives an accepted launch up. */
  readonly workRequestOcid?: string;
}

/** A node whose instance was there already. */
export interface AdoptedNode {
  readonly target: LaunchTarget;
  readonly instance: Instance;
  /** A launch of this run, whose answer was lost. */
  readonly isNew: boolean;
}

/** How one node ended: every target has exactly one. */
export type LaunchResult =
  | ({ readonly kind: "launched" } & LaunchedNode)
  | ({ readonly kind: "adopted" } & AdoptedNode)
  | ({ readonly kind: "failed" } & FailedNode)
  /** Its job cannot be completed: nothing was launched for it. */
  | { readonly kind: "abandoned"; readonly nodeName: string; readonly reason: string };

export interface LaunchContext {
  readonly instances: InstanceControl;
  /** Asked for its nodes only when a namesake is alive. */
  readonly slurm: Pick<SlurmControl, "listNodes">;
  readonly memory: CapacityMemory;
  readonly doomedJobs: DoomedJobs;
  readonly clusterId: string;
  /** Slurm called, not a person: the nodes are asked for at this moment. */
  readonly isResumedNow: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Launches under way at once. */
  readonly concurrency: number;
  /** Aborts somewhat before the run's deadline: from then on nothing is launched. */
  readonly launchSignal: AbortSignal;
  /** How many seconds after the run's start that is, for the reason of whoever had no turn. */
  readonly launchSeconds: number;
}

/** What one call of launchNodes() knows beyond its context. */
export interface RoundContext extends LaunchContext {
  readonly refusedOffers: RefusedOffers;
  /** The instances that the first list showed. */
  readonly olderOcids: ReadonlySet<string>;
}

/** A target that has no instance yet. */
export interface Pending extends LaunchTarget {
  /** Tokens spent in this run. */
  readonly attempt: number;
  /** Rounds that ended with a fault of OCI's, or of the network. */
  readonly faults: number;
  /** What had too many of them: no other placement in the same availability domain is tried. */
  readonly faulty: readonly RefusedPlacement[];
  /** Why it is not launched yet, for the case that the deadline comes first. */
  readonly obstacle: string;
}

export type Step = LaunchResult | { readonly kind: "pending"; readonly pending: Pending };
