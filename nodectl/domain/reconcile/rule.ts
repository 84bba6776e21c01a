import type { InstanceState } from "./instance-state.ts";
import type { SlurmState } from "./slurm-state.ts";

/** How long a rule waits before it acts; each is explained in citc.md with the same words. */
export const PATIENCE = {
  none: "at once",
  "soon-again": "when a second look, 10 s later in the same pass, sees the same",
  "second-look": "when the next pass sees the same",
  grace: "when the next pass sees the same and the instance is older than `orphan_grace_seconds`",
} as const;

export type Patience = keyof typeof PATIENCE;

/** What else has to be true; each is explained in citc.md with the same words. */
export const CONDITIONS = {
  unclaimed: "nodes.json does not have the node",
  "not-wanted": "limits.yaml no longer names the node, and it has no job",
  "retired-open": "limits.yaml no longer names the node, and it is not drained",
  "retry-due": "the next try that the reason names has come, or it names none",
  "retry-later": "the reason names a next try that is still to come, and Slurm has made it idle",
  "past-boot-limit": "the instance is older than `boot_limit_seconds`",
  "has-note":
    "the instance has left a note (NODE.failed in `finalised_directory`) that it could not be configured",
  "was-launched": "an instance of this power-up was there before",
  "past-run-deadline": "it has been waking for longer than `run_deadline_seconds`",
  "other-address": "OCI gives it one address, and Slurm has another",
  "has-owner":
    "Slurm's address tells which of them is the node's; while it wakes, OCI's address with its name does, else it is the newest",
  "not-heard": "its slurmd does not answer",
  "has-jobs": "it has jobs",
  "silent-invalid":
    "its registration was refused (INVALID_REG), its slurmd does not answer, and no job runs",
} as const;

export type Condition = keyof typeof CONDITIONS;

/** What is done; each is explained in citc.md with the same words. */
export const ACTIONS = {
  report: "nothing; it stands in the output",
  terminate: "terminate the instances",
  "terminate-others": "terminate all but the node's own",
  return: "return the node to service (`state=resume`)",
  "keep-down": "set it DOWN again, with its reason",
  down: "set it DOWN, with the reason that it has: its jobs are requeued, its drain stays",
  "give-up":
    "set it DOWN with a reason (its jobs are requeued and told), then power it down by force",
  replace:
    "keep its console's last lines, set it DOWN (its jobs are requeued and told), power it down by force",
  "set-aside":
    "set it DOWN for `retry_seconds` (its jobs are requeued and told), power it down by force",
  "power-down": "power it down by force: stopnode terminates what there is",
  release: "power it down once it has no job (`state=power_down_asap`)",
  close: "drain it",
  "report-address": "tell Slurm the address",
} as const;

export type ActionKind = keyof typeof ACTIONS;

/** One row of the table: the first that fits a node counts. */
export interface Rule {
  /** What log, --json and metrics call it. */
  readonly id: string;
  readonly slurm: readonly SlurmState[];
  readonly instance: readonly InstanceState[];
  readonly onlyIf?: Condition;
  readonly patience: Patience;
  readonly action: ActionKind;
  /** For people, in the plan and as the node's reason: why. */
  readonly why: string;
  /** A machine never came to serve because of its image or shape: it counts towards the breaker. */
  readonly isFailedBoot?: true;
}
