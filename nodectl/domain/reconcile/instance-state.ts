/** What is needed of an instance; oci/provider.ts has the rest. */
export interface InstanceRecord {
  readonly instanceOcid: string;
  readonly nodeName: string;
  readonly lifecycleState: string;
  readonly timeCreatedMs: number;
  /** Only looked up where several instances carry one name; absent: not known. */
  readonly ipAddress?: string;
}

/** What stands behind a node in OCI: exactly one of these. The order is that of the table in citc.md. */
export const INSTANCE_STATES = {
  none: "no instance of this life of the node",
  starting: "PROVISIONING, STARTING",
  running: "RUNNING",
  stopped: "STOPPING, STOPPED",
  ended: "TERMINATING or TERMINATED, and no other",
  several: "more than one that is not ending",
  unclear:
    "none that lives is listed, but its address is, or could not be looked up: the list may be short",
} as const;

export type InstanceState = keyof typeof INSTANCE_STATES;

const ENDING = new Set(["TERMINATING", "TERMINATED"]);
const STOPPED = new Set(["STOPPING", "STOPPED"]);
const STARTING = new Set(["PROVISIONING", "STARTING"]);

/** It costs money and holds the node's host name label. MOVING, CREATING_IMAGE and unknown states count. */
export function isLiving({ lifecycleState }: Pick<InstanceRecord, "lifecycleState">): boolean {
  return !ENDING.has(lifecycleState);
}

/** What tells a life of the node from the one before, and a short list from a lost instance. */
export interface NodeLife {
  /**
   * When the node's present life began at the earliest (its power-up was not under way before): an instance that ended and is
   * older belongs to an earlier one. Undefined for a node that is not being powered up.
   */
  readonly beganMs: number | undefined;
  /** Slurm counts on a machine now: without one something is lost. */
  readonly isCountedOn: boolean;
  /** Whether OCI's addresses have one with the node's name; undefined when they could not be listed. */
  readonly hasAddress: boolean | undefined;
}

/**
 * An instance that is missing from a list is not gone for that: it has its VNIC as long as it lives, and so its address, which
 * another list tells. TERMINATING is said of the newest alone: startnode waits for the end before it launches another.
 */
export function instanceStateOf(
  records: readonly InstanceRecord[],
  { beganMs = 0, isCountedOn, hasAddress }: NodeLife,
): InstanceState {
  const living = records.filter(isLiving);
  const [only] = living;
  if (living.length > 1) return "several";
  if (only !== undefined) {
    if (STOPPED.has(only.lifecycleState)) return "stopped";
    return STARTING.has(only.lifecycleState) ? "starting" : "running";
  }
  const isEnding = records.some(({ lifecycleState }) => lifecycleState === "TERMINATING");
  if (!isEnding && (hasAddress ?? isCountedOn)) return "unclear";
  return records.some(({ timeCreatedMs }) => timeCreatedMs >= beganMs) ? "ended" : "none";
}
