/** What is needed of an instance; oci/provider.ts has the rest. */
export interface InstanceRecord {
  readonly instanceOcid: string;
  readonly nodeName: string;
  readonly lifecycleState: string;
  readonly timeCreatedMs: number;
  /** Only looked up where several instances carry one name; absent: not known. */
  readonly ipAddress?: string;
}

/** What stands behind a node in OCI: exactly one of these. The order is that of the README's table. */
export const INSTANCE_STATES = {
  none: "no instance of this life of the node",
  starting: "PROVISIONING, STARTING",
  running: "RUNNING",
  stopped: "STOPPING, STOPPED",
  ended: "TERMINATING or TERMINATED, and no other",
  several: "more than one that is not ending",
} as const;

export type InstanceState = keyof typeof INSTANCE_STATES;

const ENDING = new Set(["TERMINATING", "TERMINATED"]);
const STOPPED = new Set(["STOPPING", "STOPPED"]);
const STARTING = new Set(["PROVISIONING", "STARTING"]);

/** It costs money and holds the node's host name label. MOVING, CREATING_IMAGE and unknown states count. */
export function isLiving({ lifecycleState }: Pick<InstanceRecord, "lifecycleState">): boolean {
  return !ENDING.has(lifecycleState);
}

/**
 * @param lifeBeganMs when the node's present life began at the earliest (its power-up was not under way before): an instance
 * that ended and is older belongs to an earlier one. 0 for a node that is up, whose newest instance is its own
 */
export function instanceStateOf(
  records: readonly InstanceRecord[],
  lifeBeganMs: number,
): InstanceState {
  const living = records.filter(isLiving);
  const [only] = living;
  if (living.length > 1) return "several";
  if (only !== undefined) {
    if (STOPPED.has(only.lifecycleState)) return "stopped";
    return STARTING.has(only.lifecycleState) ? "starting" : "running";
  }
  return records.some(({ timeCreatedMs }) => timeCreatedMs >= lifeBeganMs) ? "ended" : "none";
}
