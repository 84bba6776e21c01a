import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import type { Machine } from "./slurmctld-model.ts";

export interface Job {
  readonly durationMs: number;
  /** Undefined while its node wakes. */
  endMs: number | undefined;
}

export interface ModelNode {
  readonly name: string;
  base: string;
  readonly flags: Set<string>;
  address: string;
  reason: string;
  reasonUser: string;
  job: Job | undefined;
  /** Registered with. */
  machine: Machine | undefined;
  heardMs: number;
  busyMs: number;
  /** When the power-up or power-down that is under way began. */
  powerMs: number;
  bootMs: number;
  /** Powered down as soon as no job runs. */
  isLeaving: boolean;
}

/** Powered down and free. */
export function newNode(name: string): ModelNode {
  return {
    ...{ name, base: "IDLE", flags: new Set(["CLOUD", "POWERED_DOWN"]), address: name },
    ...{ reason: "", reasonUser: "", job: undefined, machine: undefined },
    ...{ heardMs: 0, busyMs: 0, powerMs: 0, bootMs: 0, isLeaving: false },
  };
}

/** What Slurm tells of it. */
export function toRecord({
  name,
  base,
  flags,
  address,
  reason,
  reasonUser,
  bootMs,
}: ModelNode): SlurmNode {
  return { name, base, flags: new Set(flags), address, reason, reasonUser, bootTimeMs: bootMs };
}
