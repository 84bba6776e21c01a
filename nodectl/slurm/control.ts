import type { JobRecord } from "../domain/explain/facts.ts";
import type { SlurmRecord } from "../domain/reconcile/slurm-state.ts";

/** What `scontrol --version` says, e.g. 22.05.8 or 24.11.5. */
export interface SlurmVersion {
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

/** A node as Slurm sees it. One base state and a set of flags, never one string. */
export interface SlurmNode extends SlurmRecord {
  /**
   * When the machine behind the node's last registration booted (milliseconds since the epoch, Slurm's clock);
   * 0 when it never registered. Of a powered-down or powering-up node it tells of its LAST life.
   */
  readonly bootTimeMs: number;
  /** When its slurmd started, in the same way. Absent: not told. */
  readonly slurmdStartMs?: number;
}

/** NodeAddr and NodeHostName of one node. */
export interface NodeAddress {
  readonly nodeName: string;
  readonly ipAddress: string;
}

/**
 * What we ask of Slurm. All methods are idempotent, bounded in time and output, and throw SlurmCommandError when
 * Slurm refuses or does not answer within the deadline; lists of nodes are batched inside.
 */
export interface SlurmControl {
  version(): Promise<SlurmVersion>;
  /** Every node that slurmctld knows, powered-down cloud nodes included. */
  listNodes(): Promise<readonly SlurmNode[]>;
  /** Sets NodeAddr to the address and NodeHostName to the name. */
  reportAddresses(addresses: readonly NodeAddress[]): Promise<void>;
  /** state=DOWN with a reason: Slurm requeues the jobs of these nodes now. */
  setDown(nodeNames: readonly string[], reason: string, options?: DownOptions): Promise<void>;
  /** state=DRAIN: no new jobs, running ones end. */
  drain(nodeNames: readonly string[], reason: string): Promise<void>;
  /** state=RESUME: clears DOWN and DRAIN. Powers nothing up. */
  returnToService(nodeNames: readonly string[]): Promise<void>;
  reconfigure(): Promise<void>;
  /** True when slurmctld answers. */
  isAnswering(): Promise<boolean>;
}

/** A job that has its nodes, and at least one of them is still waking. */
export interface ConfiguringJob {
  /** As squeue writes it: `12`, `12_3` in an array. */
  readonly id: string;
  readonly user: string;
  readonly nodeCount: number;
  /** From sbatch; false: an srun or salloc waits for it. */
  readonly isBatch: boolean;
}

/** More about nodes that go DOWN. */
export interface DownOptions {
  /**
   * Nothing runs behind these names and there is no address to reach: without this slurmctld tries to resolve each name for
   * 10 s (seen on 22.05.8: one node of a job after the other, with other calls timing out meanwhile).
   */
  readonly hasNoMachine?: boolean;
  /** Slurm itself returns the nodes to service after so many seconds. Releases before 23.02 cannot: it is left out. */
  readonly resumeAfterSeconds?: number;
}

/** What only a failed start asks for. */
export interface FailureControl {
  /**
   * state=POWER_DOWN_FORCE: Slurm calls stopnode for these nodes, makes them idle, and gives them to jobs again
   * after SuspendTimeout. What runs on them is killed.
   */
  powerDownByForce(nodeNames: readonly string[], reason?: string): Promise<void>;
}

/** What only reconcile asks for. */
export interface ReleaseControl {
  /** state=POWER_DOWN_ASAP: no new jobs, and Slurm calls stopnode when the running ones have ended. */
  powerDownWhenFree(nodeNames: readonly string[], reason?: string): Promise<void>;
}

/** What only an admin asks for. */
export interface PowerControl {
  /** state=POWER_UP: Slurm calls startnode for these nodes. It ignores those that are being powered down. */
  powerUp(nodeNames: readonly string[]): Promise<void>;
}

/** A job that loses nodes when they are stopped. */
export interface JobAtRisk {
  /** As squeue writes it: `12`, `12_3` in an array. */
  readonly id: string;
  readonly user: string;
  /** When it loses a node it is requeued; the others (srun, salloc, sbatch --no-requeue) end. */
  readonly isRequeueable: boolean;
}

export interface JobsAtRisk {
  /** The jobs that wait for these nodes to wake, run on them, or are suspended there; in the order of their numbers. */
  jobsAtRisk(nodeNames: readonly string[]): Promise<readonly JobAtRisk[]>;
}

/** A job that waits for nodes or runs. */
export interface NoticedJob {
  readonly jobId: number;
  /** Somebody waits at a terminal for it (srun, salloc). */
  readonly isInteractive: boolean;
  /** The beginning of its AdminComment; empty when it has none. */
  readonly adminComment: string;
}

/** Telling the users what happens to their jobs. */
export interface JobNotices {
  /** Those of the jobs that have not ended. */
  listJobs(jobIds: readonly number[]): Promise<readonly NoticedJob[]>;
  /** The users see it in `scontrol show job`; their own --comment is another field. Jobs that have ended are left out. */
  setAdminComment(jobIds: readonly number[], text: string): Promise<void>;
  /** Prints a line at the terminal of an srun or salloc. Not for batch jobs: slurmctld would try to reach their node. */
  notify(jobId: number, text: string): Promise<void>;
}

/** What reconcile asks about jobs before it gives their nodes up. */
export interface NodeJobs {
  /** The jobs that have at least one of the nodes: running, waiting for nodes that wake, or completing. */
  jobsOnNodes(nodeNames: readonly string[]): Promise<readonly NoticedJob[]>;
}

/** What `citc explain` asks about jobs. */
export interface JobInquiry {
  /**
   * What Slurm has under an id such as `12`, `12_3` or `14+1`, also for some minutes after its end: several for an array,
   * none when it does not know it.
   */
  findJobs(id: string): Promise<readonly JobRecord[]>;
  /** Every job that waits, starts, runs or ends just now. */
  activeJobs(): Promise<readonly JobRecord[]>;
}

/** What finish asks about jobs. */
export interface JobControl {
  /** The partitions that pending, running and completing jobs name: without them those jobs would be lost. */
  partitionsWithJobs(): Promise<ReadonlySet<string>>;
  /** In the order of their numbers. */
  configuringJobs(): Promise<readonly ConfiguringJob[]>;
}

/** What finish asks about slurmctld's own configuration. */
export interface ConfigurationControl {
  /**
   * True when slurmctld runs with Slurm's configuration as it stands on disk: slurm.conf and what it includes, comments
   * and all.
   */
  runsFilesOnDisk(): Promise<boolean>;
}

/** What Slurm's own parser says of a slurm.conf. */
export type SlurmConfVerdict =
  | { readonly kind: "valid" }
  | {
      readonly kind: "invalid";
      readonly message: string;
      /** The line of the text that was checked, counted from 1, when Slurm names it. */
      readonly line?: number;
    };

/** `off`: Slurm has no accounting (AccountingStorageType), so that nobody needs an association. */
export type AccountingOutcome = "done" | "nothing" | "off";

export type Accounting =
  { readonly kind: "off" } | { readonly kind: "on"; readonly accounts: readonly string[] };

/** Who may use which account. Idempotent, bounded and throwing as the methods above; asks slurmdbd. */
export interface AccountingControl {
  /** The accounts that a user may use; none when there is no such user. */
  accountsOf(user: string): Promise<Accounting>;
  /** Makes the account when it is missing, and the user in it. */
  associate(user: string, account: string): Promise<AccountingOutcome>;
  /** That one, and the user as well when there is no other. `nothing`: there was none. */
  removeAssociation(user: string, account: string): Promise<AccountingOutcome>;
  /** The user with all associations. `nothing`: there was none. */
  removeAssociations(user: string): Promise<AccountingOutcome>;
}

/** Ends jobs: whatever their state, on whatever nodes. */
export interface JobRemoval {
  cancelJobs(jobIds: readonly string[]): Promise<void>;
}
