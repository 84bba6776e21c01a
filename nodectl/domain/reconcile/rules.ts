import type { InstanceState } from "./instance-state.ts";
import type { SlurmState } from "./slurm-state.ts";

/** How long a rule waits before it acts; each is explained in the README with the same words. */
export const PATIENCE = {
  none: "at once",
  "soon-again": "when a second look, 10 s later in the same pass, sees the same",
  "second-look": "when the next pass sees the same",
  grace: "when the next pass sees the same and the instance is older than `orphan_grace_seconds`",
} as const;

export type Patience = keyof typeof PATIENCE;

/** What else has to be true; each is explained in the README with the same words. */
export const CONDITIONS = {
  unclaimed: "nodes.json does not have the node",
  "not-wanted": "limits.yaml no longer names the node",
  "retry-due": "the next try that the reason names has come, or it names none",
  "retry-later": "the reason names a next try that is still to come",
  "past-boot-limit": "the instance is older than `boot_limit_seconds`",
  "past-run-deadline": "it has been waking for longer than `run_deadline_seconds`",
  "other-address": "OCI gives it another address than Slurm has",
  "has-owner": "the address that Slurm has tells which of them is the node's",
  "not-heard": "its slurmd does not answer",
} as const;

export type Condition = keyof typeof CONDITIONS;

/** What is done; each is explained in the README with the same words. */
export const ACTIONS = {
  report: "nothing; it stands in the warnings",
  terminate: "terminate the instances",
  "terminate-others": "terminate all but the node's own",
  return: "return the node to service (`state=resume`)",
  "keep-down": "set it DOWN again, with its reason",
  "give-up": "set it DOWN with a reason (its jobs are requeued), then power it down",
  replace: "the same, with the console's last lines kept; counted as a failed boot",
  "power-down": "power it down by force: stopnode terminates what there is",
  release: "power it down once it has no job",
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
}

const LIVING = ["starting", "running", "stopped", "several"] as const;
const GONE = ["none", "ended"] as const;
const ANY_INSTANCE = ["none", "starting", "running", "stopped", "ended", "several"] as const;
const OFF = ["off", "off-down-ours", "off-down-slurm"] as const;
/** Slurm counts on a machine. */
const COUNTED_ON = ["idle", "busy", "silent", "invalid", "drain-ours", "drain-slurm"] as const;

/**
 * What to do with a node, from both sides' states. Read from the top. A pair of states that no row has is in order.
 * Each row was provoked on Slurm 22.05.8 and 24.11.5 in the sandbox.
 */
export const RULES: readonly Rule[] = [
  {
    id: "orphan",
    slurm: ["absent"],
    instance: LIVING,
    onlyIf: "unclaimed",
    patience: "grace",
    action: "terminate",
    why: "no node claims the instance",
  },
  {
    id: "unknown-to-slurm",
    slurm: ["absent"],
    instance: LIVING,
    patience: "none",
    action: "report",
    why: "nodes.json has the node and Slurm does not: run finish",
  },
  {
    id: "alive-while-off",
    slurm: OFF,
    instance: LIVING,
    patience: "grace",
    action: "terminate",
    why: "Slurm has powered the node down, the instance runs on",
  },
  {
    id: "next-try-has-come",
    slurm: ["off-down-ours"],
    instance: GONE,
    onlyIf: "retry-due",
    patience: "none",
    action: "return",
    why: "its next try has come",
  },
  {
    id: "down-by-slurm",
    slurm: ["off-down-slurm"],
    instance: GONE,
    patience: "none",
    action: "return",
    why: "Slurm gave the node up and nothing of it is left",
  },
  {
    id: "inspected-while-off",
    slurm: ["off-down-admin"],
    instance: LIVING,
    patience: "none",
    action: "report",
    why: "a person set the node DOWN: it is left for inspection, and is billed",
  },
  {
    id: "failed-while-waking",
    slurm: ["waking"],
    instance: ["ended", "stopped"],
    patience: "soon-again",
    action: "give-up",
    why: "its instance has ended before the node registered",
  },
  {
    id: "never-launched",
    slurm: ["waking"],
    instance: ["none"],
    onlyIf: "past-run-deadline",
    patience: "none",
    action: "give-up",
    why: "no instance was launched for it",
  },
  {
    id: "silent-boot",
    slurm: ["waking"],
    instance: ["starting", "running"],
    onlyIf: "past-boot-limit",
    patience: "none",
    action: "replace",
    why: "its slurmd has not registered in time",
  },
  {
    id: "down-while-waking",
    slurm: ["waking-down"],
    instance: ANY_INSTANCE,
    patience: "second-look",
    action: "power-down",
    why: "the node was given up while it was waking",
  },
  {
    id: "duplicates",
    slurm: ["waking", ...COUNTED_ON],
    instance: ["several"],
    onlyIf: "has-owner",
    patience: "second-look",
    action: "terminate-others",
    why: "several instances carry the node's name",
  },
  {
    id: "duplicates-unclear",
    slurm: ["waking", ...COUNTED_ON, "drain-admin", "down-admin"],
    instance: ["several"],
    patience: "none",
    action: "report",
    why: "several instances carry the node's name, and none can be told to be its own",
  },
  {
    id: "wait-for-next-try",
    slurm: ["going"],
    instance: ANY_INSTANCE,
    onlyIf: "retry-later",
    patience: "none",
    action: "keep-down",
    why: "Slurm makes it idle when it is powered down",
  },
  {
    id: "lost-machine",
    slurm: COUNTED_ON,
    instance: ["ended", "stopped"],
    patience: "none",
    action: "give-up",
    why: "its instance has ended or was stopped",
  },
  {
    id: "vanished-machine",
    slurm: ["silent", "invalid", "drain-ours", "drain-slurm"],
    instance: ["none"],
    onlyIf: "not-heard",
    patience: "second-look",
    action: "give-up",
    why: "OCI has no instance of it, and its slurmd is silent",
  },
  {
    id: "heard-without-instance",
    slurm: ["idle", "busy"],
    instance: ["none"],
    patience: "none",
    action: "report",
    why: "Slurm hears it, OCI's list does not have it: the list came back short",
  },
  {
    id: "too-small",
    slurm: ["invalid"],
    instance: ["starting", "running"],
    patience: "second-look",
    action: "replace",
    why: "it registered with less than slurm.conf says",
  },
  {
    id: "down-machine",
    slurm: ["down-ours", "down-slurm"],
    instance: ANY_INSTANCE,
    patience: "second-look",
    action: "power-down",
    why: "the node is DOWN and takes no jobs",
  },
  {
    id: "inspected",
    slurm: ["down-admin", "drain-admin"],
    instance: LIVING,
    patience: "none",
    action: "report",
    why: "a person set the node DOWN or drained it: it is left for inspection, and is billed",
  },
  {
    id: "no-longer-wanted",
    slurm: ["idle", "drain-ours"],
    instance: ["starting", "running"],
    onlyIf: "not-wanted",
    patience: "second-look",
    action: "release",
    why: "limits.yaml no longer names the node, and it has no job",
  },
  {
    id: "wrong-address",
    slurm: ["waking", "idle", "busy", "silent"],
    instance: ["starting", "running"],
    onlyIf: "other-address",
    patience: "second-look",
    action: "report-address",
    why: "OCI gives it another address than Slurm has",
  },
];
