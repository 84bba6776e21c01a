import { reconcile, type ReconcileOutcome } from "../../../nodectl/commands/reconcile/reconcile.ts";
import type { ReconcileLimits } from "../../../nodectl/domain/reconcile/sight.ts";
import type { Instance } from "../../../nodectl/oci/provider.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";
import { silentLog } from "../commands/silent-log.ts";
import { CloudAdapter } from "./cloud-adapter.ts";
import { EVENTS } from "./events.ts";
import { SimulatedWorld } from "./simulated-world.ts";
import { refusal } from "./slurmctld-model.ts";

const NODE_COUNT = 10;
const PASS_INTERVAL_MS = 60_000;

/** So that the timer's own delay and the second look of a pass do not count as a pass. */
const SLACK_MS = 30_000;

const LIMITS: ReconcileLimits = {
  orphanGraceMs: 300_000,
  bootLimitMs: 720_000,
  runDeadlineMs: 600_000,
};

/** Lists of instances, of addresses, the second look, and what namesakes and silent boots cost. */
const CALLS_MAX = 4 + 2 * NODE_COUNT;

/** One seeded life of a cluster with everything that can go wrong, and `citc reconcile` each minute. */
export class Simulation {
  readonly world: SimulatedWorld;
  readonly nodeNames: readonly string[];
  readonly cloud: CloudAdapter;
  /** Broken rules, with the step at which they were seen. */
  readonly violations: string[] = [];
  /** How often each rule acted. */
  readonly acted = new Map<string, number>();
  readonly random: () => number;
  /** Nodes that the limits no longer name. */
  readonly retired = new Set<string>();
  memory = "";
  isSlurmDeaf = false;
  #step = 0;
  #nextPassMs: number;
  /** Since when each node that is on has had several living instances; and each orphan has been older than the grace. */
  readonly #severalSince = new Map<string, number>();
  readonly #orphanSince = new Map<string, number>();

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.nodeNames = Array.from({ length: NODE_COUNT }, (_, index) => `vm-a-${index + 1}`);
    this.world = new SimulatedWorld(this.nodeNames);
    this.cloud = new CloudAdapter(this.world);
    this.cloud.onTerminate = (instance) => {
      this.#checkVictim(instance);
    };
    this.world.slurm.onSetDown = (name) => {
      if (this.world.slurm.isRunningJob(name) && this.world.isHealthy(name)) {
        this.#violate(`${name} is set DOWN under a running job`);
      }
    };
    this.#nextPassMs = this.world.nowMs + PASS_INTERVAL_MS;
  }

  async run(stepCount: number): Promise<void> {
    for (this.#step = 1; this.#step <= stepCount; this.#step += 1) {
      this.#happen();
      await this.#pass(5_000 + this.random() * 20_000);
    }
    await this.#settle();
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  #happen(): void {
    const weights = EVENTS.map(({ weight }) => weight);
    let left = this.random() * weights.reduce((sum, weight) => sum + weight, 0);
    EVENTS.find(({ weight }) => (left -= weight) < 0)?.happen(this);
  }

  /** Lets time pass, with the passes that are due in it. */
  async #pass(durationMs: number): Promise<void> {
    const endMs = this.world.nowMs + durationMs;
    while (this.#nextPassMs <= endMs) {
      this.world.advance(Math.max(0, this.#nextPassMs - this.world.nowMs));
      await this.#reconcile();
      this.#nextPassMs = Math.max(this.#nextPassMs + PASS_INTERVAL_MS, this.world.nowMs);
    }
    if (this.world.nowMs < endMs) this.world.advance(endMs - this.world.nowMs);
  }

  async #reconcile(): Promise<void> {
    this.cloud.calls = 0;
    const { world, cloud } = this;
    const outcome = await reconcile(
      {
        ...{ instances: cloud, addressBook: cloud, instanceAddresses: cloud, consoles: cloud },
        consoleFiles: { save: (nodeName) => Promise.resolve(`/consoles/${nodeName}`) },
        slurm: this.isSlurmDeaf ? deaf(world.slurm) : world.slurm,
        claims: new Map(
          this.nodeNames.map((name) => [name, this.retired.has(name) ? "retired" : "wanted"]),
        ),
        notes: { read: () => Promise.resolve(world.notes()) },
        limits: LIMITS,
        retryDelayMs: 300_000,
        capacity: { add: () => Promise.resolve() },
        breaker: { failuresMax: 3, coolDownMs: 900_000 },
        imageOf: () => "ocid1.image.oc1..a",
        clock: world.clock,
        log: silentLog,
        concurrency: 4,
        store: {
          read: () => Promise.resolve(this.memory),
          write: (text) => Promise.resolve(void (this.memory = text)),
        },
      },
      { isDryRun: false },
    );
    this.#record(outcome);
    this.#checkPass(outcome);
  }

  #record(outcome: ReconcileOutcome): void {
    if (outcome.kind !== "done") return;
    for (const { act } of outcome.acted.acts) {
      this.acted.set(act.rule.id, (this.acted.get(act.rule.id) ?? 0) + 1);
    }
  }

  /** Events stop: after a while both sides agree. */
  async #settle(): Promise<void> {
    Object.assign(this.world.programs, {
      startnodeDies: false,
      hasNoCapacity: false,
      stopnodeDies: false,
      nextAilment: undefined,
    });
    this.cloud.listMood = "whole";
    this.isSlurmDeaf = false;
    this.retired.clear();
    for (const name of this.nodeNames) this.world.slurm.byHand(name, "resume");
    await this.#pass(2 * 3_600_000);
    for (const name of this.nodeNames) {
      const node = this.world.slurm.nodes.get(name);
      const states = this.world.livingOf(name).map(({ lifecycleState }) => lifecycleState);
      const isOff = node?.base === "IDLE" && node.flags.has("POWERED_DOWN");
      if (!isOff || states.length > 0) {
        const flags = [...(node?.flags ?? [])].join("+");
        this.#violate(
          `in the end ${name} is ${node?.base ?? ""}+${flags} (${node?.reason ?? ""}) with ${states.join()}`,
        );
      }
    }
    const left = this.world.livingOf().length;
    if (left > 0) this.#violate(`in the end ${left} instances live`);
    for (const { lifecycleState, displayName } of this.world.strangers) {
      if (lifecycleState !== "RUNNING")
        this.#violate(`stranger ${displayName} is ${lifecycleState}`);
    }
  }

  #checkVictim({ nodeName, instanceOcid }: Instance): void {
    if (!this.nodeNames.includes(nodeName)) return;
    const machine = this.world.machineOf(nodeName);
    const isAtWork = this.world.slurm.isRunningJob(nodeName);
    if (isAtWork && machine?.instanceOcid === instanceOcid) {
      this.#violate(`the instance of ${nodeName} is terminated under a running job`);
    }
  }

  #checkPass(outcome: ReconcileOutcome): void {
    const { calls } = this.cloud;
    if (calls > CALLS_MAX) this.#violate(`${calls} calls in one pass`);
    const isSeeing = outcome.kind === "done" && this.cloud.listMood === "whole";
    this.#checkSeveral(isSeeing);
    this.#checkOrphans(isSeeing);
  }

  /** A pass sees them, the next one ends them. */
  #checkSeveral(isSeeing: boolean): void {
    for (const name of this.nodeNames) {
      const node = this.world.slurm.nodes.get(name);
      const isOn = node !== undefined && !OFF.some((flag) => node.flags.has(flag));
      const isDown = node?.base === "DOWN" || node?.flags.has("DRAIN");
      const isBroken = isOn && isDown !== true && this.world.livingOf(name).length > 1;
      this.#checkDuration(this.#severalSince, name, isBroken && isSeeing, {
        passes: 1,
        what: "has several living instances",
      });
    }
  }

  #checkOrphans(isSeeing: boolean): void {
    const now = this.world.nowMs;
    for (const { instanceOcid, timeCreatedMs, order } of this.world.livingOf()) {
      const name = order.freeformTags["node"] ?? "";
      const node = this.world.slurm.nodes.get(name);
      const isOrphan = node === undefined || node.flags.has("POWERED_DOWN");
      const isInspected = node?.base === "DOWN" && node.reasonUser === "root";
      const isOld = now - timeCreatedMs > LIMITS.orphanGraceMs;
      this.#checkDuration(
        this.#orphanSince,
        instanceOcid,
        isOrphan && isOld && isSeeing && !isInspected,
        { passes: 2, what: `(an orphan named ${name}) lives` },
      );
    }
  }

  #checkDuration(
    since: Map<string, number>,
    key: string,
    isBroken: boolean,
    { passes, what }: { readonly passes: number; readonly what: string },
  ): void {
    const now = this.world.nowMs;
    if (!isBroken) {
      since.delete(key);
      return;
    }
    const sinceMs = since.get(key) ?? now;
    since.set(key, sinceMs);
    if (now - sinceMs > passes * PASS_INTERVAL_MS + SLACK_MS) {
      this.#violate(`${key} ${what} for ${(now - sinceMs) / 1000} s`);
    }
  }

  #violate(what: string): void {
    this.violations.push(`step ${this.#step}: ${what}`);
  }
}

const OFF = ["POWERED_DOWN", "POWERING_DOWN"];

/** Answers nothing. */
function deaf(slurm: SimulatedWorld["slurm"]): SimulatedWorld["slurm"] {
  return Object.create(slurm, {
    listNodes: { value: () => Promise.reject(refusal("Unable to contact slurm controller")) },
  }) as SimulatedWorld["slurm"];
}
