import type { CapacityEntry } from "../capacity-entry.ts";
import type { NodeGroup, SlurmPartition } from "../launch-specification.ts";
import type { Pause } from "../pause.ts";
import type { Decision } from "../reconcile/decide.ts";
import type { SlurmRecord } from "../reconcile/slurm-state.ts";

/** A job as Slurm tells of it, also for some minutes after its end (MinJobAge). Times are milliseconds since the epoch. */
export interface JobRecord {
  readonly jobId: number;
  /** As squeue writes it: `12`, `12_3`, `12_[4-9]` for tasks that still wait together, `14+1` in a heterogeneous job. */
  readonly id: string;
  readonly user: string;
  /** PENDING, CONFIGURING, RUNNING, COMPLETED, … */
  readonly state: string;
  /** Why it waits: Slurm's word, or a sentence of Slurm's; `None` of a job that does not. */
  readonly reason: string;
  readonly priority: number;
  readonly nodeCount: number;
  readonly cpusPerNodeMin: number;
  /** As Slurm writes it: `900G`, `512M`, `0` for no wish; with --mem-per-cpu that of one processor. */
  readonly memory: string;
  /** As Slurm writes it: `10:00`, `1-00:00:00`, `UNLIMITED`. */
  readonly timeLimit: string;
  readonly partitions: readonly string[];
  /** What --constraint says; empty without. */
  readonly features: string;
  /** What --gres says; empty without. */
  readonly gres: string;
  readonly dependency: string;
  /** The nodes that --nodelist names. */
  readonly requestedNodes: readonly string[];
  /** Empty while it has none. */
  readonly nodeNames: readonly string[];
  /** Where Slurm means to start it next; empty when it has no plan. */
  readonly plannedNodes: readonly string[];
  /** Before this it is not looked at; undefined while it depends on something or is held. */
  readonly eligibleMs: number | undefined;
  /** Of a job that waits: Slurm's plan. Of one whose nodes wake: when it was given them. */
  readonly startMs: number | undefined;
  /** Of a job that runs: when its time is over. */
  readonly endMs: number | undefined;
  readonly restarts: number;
  /** As wait(2) has it. */
  readonly exitStatus: number;
  readonly adminComment: string;
}

/** What is needed of an instance; oci/provider.ts has the rest. */
export interface Machine {
  readonly instanceOcid: string;
  readonly nodeName: string;
  readonly lifecycleState: string;
  readonly shape: string;
  readonly shapeConfig?: { readonly ocpus: number; readonly memoryGib: number };
  readonly availabilityDomain: string;
  readonly timeCreatedMs: number;
}

/** One line of the log that the programs share. */
export interface LogEntry {
  readonly timeMs: number;
  readonly program: string;
  readonly event: string;
  /** The nodes that it speaks of; empty when of none in particular. */
  readonly nodeNames: readonly string[];
  /** The jobs that it speaks of. */
  readonly jobIds: readonly number[];
  readonly fields: Readonly<Record<string, string | number>>;
}

/** How long things are expected to take, milliseconds. */
export interface Expectations {
  /** From launch to registration, usually at most. */
  readonly bootMs: number;
  /** After it Slurm gives a node up that has not registered. */
  readonly resumeTimeoutMs: number;
}

/** Everything that is known when something is to be explained. */
export interface ClusterFacts {
  readonly nowMs: number;
  /** Slurm's nodes by name. */
  readonly nodes: ReadonlyMap<string, SlurmRecord>;
  /** Jobs that wait or run. */
  readonly jobs: readonly JobRecord[];
  /** Of the nodes that were looked at from both sides; undefined when OCI could not be asked. */
  readonly decisions: ReadonlyMap<string, Decision> | undefined;
  /** By node name, TERMINATED ones included; undefined when OCI could not be asked. */
  readonly machines: ReadonlyMap<string, readonly Machine[]> | undefined;
  /** Of nodes.json; empty when it could not be read. */
  readonly groups: readonly NodeGroup[];
  readonly partitions: readonly SlurmPartition[];
  /** In the order in which they were written: the last one of a key counts. */
  readonly capacity: readonly CapacityEntry[];
  /** The file that they are read from. */
  readonly capacityFile: string;
  /** What compute nodes run when they boot. */
  readonly userDataFile: string;
  /** Image of the nodes whose limits name none; undefined for those who may not read the settings. */
  readonly imageOcid: string | undefined;
  /** In force: nothing is launched. */
  readonly pause: Pause | undefined;
  /** The newest lines that speak of nodes or jobs, oldest first. */
  readonly log: readonly LogEntry[];
  readonly expectations: Expectations;
  /** What could not be seen, and why: one sentence each. */
  readonly unseen: readonly string[];
}
