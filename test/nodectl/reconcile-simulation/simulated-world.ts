import { setImmediate } from "node:timers/promises";
import type { BootNote } from "../../../nodectl/domain/reconcile/sight.ts";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import { failureReason } from "../../../nodectl/domain/failed-node.ts";
import { TAG, TYPE_COMPUTE } from "../../../nodectl/domain/cluster-tags.ts";
import { ApiError } from "../../sandbox/api/api-error.ts";
import { checkLaunch } from "../../sandbox/api/check-launch.ts";
import { Cloud } from "../../sandbox/api/cloud.ts";
import type { InstanceRecord } from "../../sandbox/api/instance-record.ts";
import { launchBody, testRegion } from "../../sandbox/api/test-bench.ts";
import { SlurmctldModel, type Machine } from "./slurmctld-model.ts";

const CLUSTER_ID = "mouse";
const OTHER_CLUSTER_ID = "cat";

/** From RUNNING to registration. */
const SLURMD_MS = 30_000;
/** Of one step of time. */
const TICK_MS = 10_000;
/** startnode gives up then. */
const RUN_DEADLINE_MS = 600_000;
/** A node that could not be had stays DOWN so long. */
const RETRY_MS = 300_000;

/** What is wrong with the machine of an instance. */
export type Ailment = "hung" | "never-boots" | "small";

interface PendingStart {
  readonly nodeName: string;
  readonly dueMs: number;
  readonly endMs: number;
}

/** How the programs that Slurm calls fare, until the next change. */
export interface Programs {
  /** startnode is killed before it launches. */
  startnodeDies: boolean;
  /** startnode finds no machine for whatever is woken, and says so. */
  hasNoCapacity: boolean;
  /** stopnode is killed before it terminates. */
  stopnodeDies: boolean;
  /** The next machine is like this. */
  nextAilment: Ailment | undefined;
}

/**
 * A region (the sandbox's own model of it), a slurmctld, and startnode and stopnode between them, all in one process and in
 * simulated time.
 */
export class SimulatedWorld {
  readonly cloud: Cloud;
  readonly slurm: SlurmctldModel;
  readonly clock: Clock;
  readonly ailments = new Map<string, Ailment>();
  readonly programs: Programs = {
    startnodeDies: false,
    hasNoCapacity: false,
    stopnodeDies: false,
    nextAilment: undefined,
  };
  readonly strangers: readonly InstanceRecord[];
  readonly #runningSinceMs = new Map<string, number>();
  #nowMs = Date.UTC(2026, 10, 25);
  #pending: PendingStart[] = [];
  #failedStarts = 0;

  constructor(nodeNames: readonly string[]) {
    this.clock = {
      now: () => this.#nowMs,
      sleep: async (durationMs, signal) => {
        // Whatever can settle without time passing has settled by then.
        await setImmediate();
        signal?.throwIfAborted();
        this.advance(durationMs);
      },
    };
    this.cloud = new Cloud({
      region: testRegion(),
      clock: this.clock,
      settings: { bootMs: 40_000, terminateMs: 30_000, terminatedRecordMs: 3_600_000 },
    });
    this.cloud.subscribe(({ kind, instance }) => {
      if (kind === "instance-running") this.#runningSinceMs.set(instance.instanceOcid, this.#nowMs);
    });
    this.slurm = new SlurmctldModel(nodeNames, {
      now: () => this.#nowMs,
      machineOf: (name) => this.machineOf(name),
      resumeProgram: (name) => {
        this.#startnode(name);
      },
      suspendProgram: (name) => {
        this.#stopnode(name);
      },
    });
    this.strangers = [
      this.launch("stranger", { clusterId: NOBODY }),
      ...nodeNames.slice(0, 2).map((name) => this.launch(name, { clusterId: OTHER_CLUSTER_ID })),
    ];
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    while (this.#nowMs < endMs) {
      this.#nowMs = Math.min(endMs, this.#nowMs + TICK_MS);
      this.cloud.advance();
      this.#runStarts();
      this.slurm.tick();
    }
  }

  /** This cluster's, with that name or all of them; TERMINATED ones too. */
  instancesOf(nodeName?: string): InstanceRecord[] {
    return [...this.cloud.records].filter(({ order: { freeformTags } }) => {
      const isOurs = freeformTags[TAG.cluster] === CLUSTER_ID;
      return isOurs && (nodeName === undefined || freeformTags[TAG.node] === nodeName);
    });
  }

  livingOf(nodeName?: string): InstanceRecord[] {
    return this.instancesOf(nodeName).filter(
      ({ lifecycleState }) => !lifecycleState.startsWith("TERMINAT"),
    );
  }

  /** The machine whose slurmd answers to the name: that of the instance which holds the host name label. */
  machineOf(nodeName: string): Machine | undefined {
    const record = this.livingOf(nodeName).find(
      ({ order, lifecycleState }) =>
        order.hostnameLabel === nodeName && lifecycleState === "RUNNING",
    );
    if (record === undefined) return undefined;
    const ailment = this.ailments.get(record.instanceOcid);
    const sinceMs = this.#runningSinceMs.get(record.instanceOcid) ?? this.#nowMs;
    const isUp = ailment !== "hung" && ailment !== "never-boots";
    if (!isUp || this.#nowMs - sinceMs < SLURMD_MS) return undefined;
    const { instanceOcid, vnic } = record;
    const isSmall = ailment === "small";
    return { instanceOcid, ipAddress: vnic.ipAddress, bootMs: sinceMs, isSmall };
  }

  /** Of machines that never boot every other one could say so. */
  notes(): ReadonlyMap<string, BootNote> {
    const silent = this.livingOf().filter(
      ({ instanceOcid }) =>
        this.ailments.get(instanceOcid) === "never-boots" && /[a-m].$/.test(instanceOcid),
    );
    return new Map(
      silent.map(({ instanceOcid, order: { freeformTags } }) => [
        freeformTags[TAG.node] ?? "",
        { instanceOcid, words: "no such package" },
      ]),
    );
  }

  /** Its slurmd answers, on the machine that registered. */
  isHealthy(nodeName: string): boolean {
    const ours = this.slurm.nodes.get(nodeName)?.machine?.instanceOcid;
    return ours !== undefined && this.machineOf(nodeName)?.instanceOcid === ours;
  }

  /** An instance that somebody makes; without a label unless it is startnode's. Throws the ApiError that OCI would answer. */
  launch(
    nodeName: string,
    { clusterId = CLUSTER_ID, hasLabel = false }: LaunchChoice = {},
  ): InstanceRecord {
    const { region } = this.cloud;
    const subnet = region.subnets[clusterId === CLUSTER_ID ? 0 : 1];
    const tags = { [TAG.cluster]: clusterId, [TAG.type]: TYPE_COMPUTE, [TAG.node]: nodeName };
    const body = launchBody(region, {
      displayName: nodeName,
      freeformTags: clusterId === NOBODY ? {} : tags,
      createVnicDetails: {
        subnetId: subnet?.ocid,
        ...(hasLabel && { hostnameLabel: nodeName }),
      },
    });
    return this.cloud.launch(checkLaunch(body, region));
  }

  #startnode(nodeName: string): void {
    if (this.programs.startnodeDies) return;
    const dueMs = this.#nowMs + TICK_MS;
    this.#pending.push({ nodeName, dueMs, endMs: this.#nowMs + RUN_DEADLINE_MS });
  }

  /** startnode tries until the host name label is free, and adopts an instance that is there. */
  #runStarts(): void {
    const due = this.#pending.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#pending = this.#pending.filter(({ dueMs }) => dueMs > this.#nowMs);
    for (const start of due) {
      const node = this.slurm.nodes.get(start.nodeName);
      if (this.programs.hasNoCapacity) {
        this.#failStart(start.nodeName);
        continue;
      }
      const isWanted = node?.flags.has("POWERING_UP") === true && start.endMs > this.#nowMs;
      if (isWanted && !this.#tryStart(start.nodeName)) {
        this.#pending.push({ ...start, dueMs: this.#nowMs + TICK_MS });
      }
    }
  }

  #tryStart(nodeName: string): boolean {
    for (const namesake of this.livingOf(nodeName)) this.cloud.terminate(namesake);
    try {
      const record = this.launch(nodeName, { hasLabel: true });
      const { nextAilment } = this.programs;
      if (nextAilment !== undefined) this.ailments.set(record.instanceOcid, nextAilment);
      this.programs.nextAilment = undefined;
      void this.slurm.reportAddresses([{ nodeName, ipAddress: record.vnic.ipAddress }]);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
  }

  /** As commands/fail-nodes.ts does. */
  #failStart(nodeName: string): void {
    if (this.slurm.nodes.get(nodeName)?.flags.has("POWERING_UP") !== true) return;
    const reason = failureReason("no machine to be had", this.#nowMs + RETRY_MS);
    void this.slurm.setDown([nodeName], reason);
    this.#failedStarts += 1;
    // Now and then it is killed in between.
    if (this.#failedStarts % 5 !== 0) void this.slurm.powerDownByForce([nodeName]);
  }

  #stopnode(nodeName: string): void {
    if (this.programs.stopnodeDies) return;
    for (const record of this.livingOf(nodeName)) this.cloud.terminate(record);
  }
}

/** In place of a cluster id: no tags at all. */
const NOBODY = "";

interface LaunchChoice {
  /** Whose tags it bears; empty for none. */
  readonly clusterId?: string;
  readonly hasLabel?: boolean;
}
