import type { DownOptions, NodeAddress, SlurmNode } from "../../../nodectl/slurm/control.ts";
import { newNode, toRecord, type ModelNode } from "./model-node.ts";
import type { SlurmCommandError } from "../../../nodectl/slurm/slurm-command-error.ts";
import { slurmError } from "../commands/slurm-error.ts";

/** Slurm's timers, milliseconds: design's defaults. */
const TIMERS = {
  resumeTimeoutMs: 900_000,
  suspendTimeMs: 900_000,
  suspendTimeoutMs: 120_000,
  slurmdTimeoutMs: 300_000,
  pingMs: 100_000,
} as const;

/** What slurmd's machine is to slurmctld. */
export interface Machine {
  readonly instanceOcid: string;
  readonly ipAddress: string;
  readonly bootMs: number;
  /** It registers with less than slurm.conf says. */
  readonly isSmall: boolean;
}

/** What slurmctld needs of the world around it. */
export interface SlurmWorld {
  now(): number;
  /** The machine whose slurmd answers to this name now. */
  machineOf(nodeName: string): Machine | undefined;
  resumeProgram(nodeName: string): void;
  suspendProgram(nodeName: string): void;
}

/**
 * A slurmctld in memory, as far as power saving goes: what the real ones (22.05.8, 24.11.5) were seen to do, with their
 * timers. Job means one job on one whole node.
 */
export class SlurmctldModel {
  readonly nodes = new Map<string, ModelNode>();
  readonly #world: SlurmWorld;

  constructor(names: readonly string[], world: SlurmWorld) {
    this.#world = world;
    for (const name of names) this.nodes.set(name, newNode(name));
  }

  /** A job is given a node that is off, or one that is free. False when the node takes none. */
  submit(name: string, durationMs: number): boolean {
    const node = this.#node(name);
    const isFree = node.base === "IDLE" && !TAKES_NO_JOBS.some((flag) => node.flags.has(flag));
    if (!isFree || node.job !== undefined || node.isLeaving) return false;
    node.job = { durationMs, endMs: undefined };
    node.base = "ALLOCATED";
    if (node.flags.has("POWERED_DOWN")) this.#powerUp(node);
    else this.#startJob(node);
    return true;
  }

  /** What a person does with scontrol. */
  byHand(name: string, action: "down" | "drain" | "resume"): void {
    const node = this.#node(name);
    if (action === "resume") {
      this.#resume(node);
      return;
    }
    node.reason = "bad disk";
    node.reasonUser = "root";
    if (action === "drain") node.flags.add("DRAIN");
    else this.#down(node);
  }

  /** Lets happen what is due. */
  tick(): void {
    for (const node of this.nodes.values()) this.#tickNode(node);
  }

  isRunningJob(name: string): boolean {
    return this.#node(name).job?.endMs !== undefined;
  }

  listNodes(): Promise<readonly SlurmNode[]> {
    return Promise.resolve([...this.nodes.values()].map(toRecord));
  }

  /** Before scontrol sets a node DOWN. */
  onSetDown: (name: string) => void = () => undefined;

  setDown(names: readonly string[], reason: string, _options?: DownOptions): Promise<void> {
    return this.#update(names, (node) => {
      this.onSetDown(node.name);
      node.reason = reason;
      node.reasonUser = "root";
      this.#down(node);
    });
  }

  powerDownByForce(names: readonly string[]): Promise<void> {
    return this.#update(names, (node) => {
      if (node.flags.has("POWERED_DOWN")) throw refusal("Invalid node state specified");
      this.#powerDown(node);
    });
  }

  powerDownWhenFree(names: readonly string[]): Promise<void> {
    return this.#update(names, (node) => {
      node.isLeaving = true;
    });
  }

  drain(names: readonly string[], reason: string): Promise<void> {
    return this.#update(names, (node) => {
      node.flags.add("DRAIN");
      node.reason = reason;
      node.reasonUser = "root";
    });
  }

  /** Nobody is told anything here. */
  jobsOnNodes(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  setAdminComment(): Promise<void> {
    return Promise.resolve();
  }

  notify(): Promise<void> {
    return Promise.resolve();
  }

  returnToService(names: readonly string[]): Promise<void> {
    return this.#update(names, (node) => {
      this.#resume(node);
    });
  }

  reportAddresses(addresses: readonly NodeAddress[]): Promise<void> {
    for (const { nodeName, ipAddress } of addresses) this.#node(nodeName).address = ipAddress;
    return Promise.resolve();
  }

  #node(name: string): ModelNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw refusal("Invalid node name specified");
    return node;
  }

  /** At once, as scontrol's callers see it: no time passes in between. */
  #update(names: readonly string[], change: (node: ModelNode) => void): Promise<void> {
    try {
      for (const name of names) change(this.#node(name));
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #tickNode(node: ModelNode): void {
    if (node.flags.has("POWERING_UP")) this.#tickWaking(node);
    else if (node.flags.has("POWERING_DOWN")) this.#tickGoing(node);
    else if (!node.flags.has("POWERED_DOWN")) this.#tickUp(node);
  }

  #tickWaking(node: ModelNode): void {
    const now = this.#world.now();
    const machine = this.#world.machineOf(node.name);
    // node_mgr.c: "Still waiting for boot of node" for whatever booted before the request.
    const isNew = machine !== undefined && machine.bootMs > node.powerMs;
    if (isNew && node.base !== "DOWN") {
      this.#register(node, machine);
    } else if (now - node.powerMs > TIMERS.resumeTimeoutMs) {
      node.flags.delete("POWERING_UP");
      node.flags.add("POWERED_DOWN");
      if (node.base !== "DOWN") {
        node.reason = "ResumeTimeout reached";
        node.reasonUser = "slurm";
      }
      this.#down(node);
      // ResumeFailProgram is stopnode.
      this.#world.suspendProgram(node.name);
    }
  }

  #register(node: ModelNode, machine: Machine): void {
    const now = this.#world.now();
    node.flags.delete("POWERING_UP");
    node.flags.delete("NOT_RESPONDING");
    Object.assign(node, {
      machine,
      address: machine.ipAddress,
      heardMs: now,
      bootMs: now,
      busyMs: now,
    });
    if (!machine.isSmall) {
      if (node.job === undefined) node.base = "IDLE";
      else this.#startJob(node);
      return;
    }
    this.#refuse(node);
    this.#requeue(node);
  }

  #refuse(node: ModelNode): void {
    node.flags.add("INVALID_REG").add("DRAIN");
    node.reason = "Low RealMemory";
    node.reasonUser = "slurm";
  }

  #tickGoing(node: ModelNode): void {
    if (this.#world.now() - node.powerMs <= TIMERS.suspendTimeoutMs) return;
    node.flags.delete("POWERING_DOWN");
    node.flags.add("POWERED_DOWN");
    node.address = node.name;
    node.machine = undefined;
    node.isLeaving = false;
  }

  #tickUp(node: ModelNode): void {
    const now = this.#world.now();
    const isHeard =
      node.machine !== undefined &&
      this.#world.machineOf(node.name)?.instanceOcid === node.machine.instanceOcid &&
      node.address === node.machine.ipAddress;
    if (isHeard) {
      node.heardMs = now;
      node.flags.delete("NOT_RESPONDING");
      const isSmall = this.#world.machineOf(node.name)?.isSmall === true;
      if (isSmall && !node.flags.has("INVALID_REG")) this.#refuse(node);
    } else if (now - node.heardMs > TIMERS.pingMs) {
      node.flags.add("NOT_RESPONDING");
    }
    if (now - node.heardMs > TIMERS.slurmdTimeoutMs && node.base !== "DOWN") {
      node.reason = "Not responding";
      node.reasonUser = "slurm";
      this.#down(node);
    }
    if (isHeard && node.job?.endMs !== undefined && node.job.endMs <= now) this.#requeue(node);
    const isFree = node.job === undefined;
    // INVALID_REG nodes were seen never to be suspended (22.05.8).
    const isDue = now - node.busyMs > TIMERS.suspendTimeMs && !node.flags.has("INVALID_REG");
    if (isFree && (isDue || node.isLeaving)) this.#powerDown(node);
  }

  #startJob({ job }: ModelNode): void {
    if (job !== undefined) job.endMs = this.#world.now() + job.durationMs;
  }

  #requeue(node: ModelNode): void {
    node.job = undefined;
    node.busyMs = this.#world.now();
    if (node.base === "ALLOCATED") node.base = "IDLE";
  }

  #down(node: ModelNode): void {
    this.#requeue(node);
    node.base = "DOWN";
  }

  #powerUp(node: ModelNode): void {
    node.flags.delete("POWERED_DOWN");
    node.flags.add("POWERING_UP").add("NOT_RESPONDING");
    node.powerMs = this.#world.now();
    this.#world.resumeProgram(node.name);
  }

  /** idle_on_node_suspend: whatever it was, it is idle now. */
  #powerDown(node: ModelNode): void {
    this.#requeue(node);
    node.base = "IDLE";
    for (const flag of ["POWERING_UP", "DRAIN", "INVALID_REG", "NOT_RESPONDING"])
      node.flags.delete(flag);
    node.flags.add("POWERING_DOWN");
    node.powerMs = this.#world.now();
    this.#world.suspendProgram(node.name);
  }

  #resume(node: ModelNode): void {
    if (node.base !== "DOWN" && !node.flags.has("DRAIN")) return;
    node.flags.delete("DRAIN");
    if (node.base === "DOWN") node.base = "IDLE";
    node.reason = "";
    node.reasonUser = "";
  }
}

const TAKES_NO_JOBS = ["DRAIN", "POWERING_DOWN", "POWERING_UP", "INVALID_REG", "NOT_RESPONDING"];

/** What Slurm's commands come to when slurmctld refuses, or is not there. */
export function refusal(message: string): SlurmCommandError {
  return slurmError(message, "scontrol update");
}
