import type { InstanceRecord, InstanceState } from "./instance-state.ts";
import type { Waking } from "./memory.ts";
import type { SlurmRecord, SlurmState } from "./slurm-state.ts";

/** Whether nodes.json speaks of the node: as wanted, as one that the limits no longer name, or not at all. */
export type Claim = "wanted" | "retired" | "unclaimed";

/** What a machine has left when it could not be configured. */
export interface BootNote {
  /** An earlier machine of the node may have left it. */
  readonly instanceOcid: string;
  /** Why, in one line. */
  readonly words: string;
}

/** One node, looked at from both sides at one moment. */
export interface NodeSight {
  readonly name: string;
  readonly slurm: SlurmRecord | undefined;
  readonly slurmState: SlurmState;
  /** All that carry the node's name, TERMINATED ones included. */
  readonly instances: readonly InstanceRecord[];
  readonly instanceState: InstanceState;
  readonly claim: Claim;
  /** OCI's addresses with the node's name as their label; undefined when they could not be listed. */
  readonly addresses: readonly string[] | undefined;
  /** When it was first seen in this pair of states, milliseconds since the epoch: now, when it is seen for the first time. */
  readonly sinceMs: number;
  /** The same for its state in Slurm alone. */
  readonly slurmSinceMs: number;
  /** Since when it is being powered up; undefined for a node that is not. */
  readonly waking: Waking | undefined;
  /** Why its living instance could not be configured, in that one's own words; absent: it has left no note. */
  readonly note?: string;
}

/** What is known beside the nodes. */
export interface Circumstances {
  readonly nowMs: number;
  /**
   * False when a node that Slurm hears has no record in OCI's list, which then came back short: nothing is concluded from
   * an instance that is not in it.
   */
  readonly isInstanceListWhole: boolean;
  readonly limits: ReconcileLimits;
}

/** Settings; all in milliseconds. */
export interface ReconcileLimits {
  /** How old an orphan is at least when it is terminated: whoever made it may still be about to use it. */
  readonly orphanGraceMs: number;
  /** From the creation of an instance to its slurmd's registration. */
  readonly bootLimitMs: number;
  /** Within it a run of startnode launches, or says that it could not. */
  readonly runDeadlineMs: number;
}
