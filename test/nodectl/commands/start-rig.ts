import { CapacityMemory } from "../../../nodectl/commands/capacity-memory.ts";
import type { LaunchTarget } from "../../../nodectl/commands/launch-target.ts";
import {
  startNodes,
  type StartContext,
  type StartReport,
} from "../../../nodectl/commands/start-nodes.ts";
import type { CapacityEntry } from "../../../nodectl/domain/capacity-entry.ts";
import { DoomedJobs } from "../../../nodectl/domain/doomed-jobs.ts";
import type { FailedNode } from "../../../nodectl/domain/failed-node.ts";
import type { LaunchSpecification } from "../../../nodectl/domain/launch-specification.ts";
import { resumeJobs, type ResumedJob } from "../../../nodectl/domain/resume-jobs.ts";
import type { FailureClass, LaunchOutcome, OciFailure } from "../../../nodectl/oci/provider.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { RecordingSlurm } from "./recording-slurm.ts";
import { silentLog } from "./silent-log.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const MINUTES_5 = 300_000;
const MINUTES_10 = 600_000;

export interface RunOptions {
  readonly jobs?: readonly ResumedJob[];
  /** Slurm called, not a person. */
  readonly isResumedNow?: boolean;
  readonly concurrency?: number;
  readonly watchMs?: number;
}

/** startNodes() with a cloud and a Slurm in memory, in virtual time; each start is a process of its own. */
export class StartRig {
  readonly cloud = new FakeCloud();
  readonly slurm = new RecordingSlurm();
  readonly clock = new VirtualClock();
  readonly deadline = new AbortController();
  /** Aborts with a LaunchingPausedError when an admin pauses launching. */
  readonly pause = new AbortController();
  /** The file of capacities, which outlives the runs. */
  readonly #stored: CapacityEntry[] = [];

  constructor() {
    this.clock.abortAfter(this.deadline, 3_600_000);
  }

  async start(
    names: readonly string[],
    specification: LaunchSpecification,
    options: RunOptions = {},
  ): Promise<StartReport> {
    const targets = names.map((nodeName) => ({ nodeName, specification }));
    return await this.startTargets(targets, options);
  }

  async startTargets(
    targets: readonly LaunchTarget[],
    options: RunOptions = {},
    failed: readonly FailedNode[] = [],
  ): Promise<StartReport> {
    for (const { nodeName } of targets) {
      if (this.slurm.nodes.has(nodeName)) continue;
      this.slurm.setNode(nodeName, "ALLOCATED", ["CLOUD", "POWERING_UP"]);
    }
    return await startNodes(this.#context(options), { targets, failed });
  }

  #context(options: RunOptions): StartContext {
    const { jobs = [], concurrency = 4, watchMs = 120_000, isResumedNow = false } = options;
    const { cloud, slurm, clock } = this;
    return {
      instances: cloud,
      addresses: cloud,
      launches: cloud,
      memory: this.#createMemory(),
      doomedJobs: new DoomedJobs(resumeJobs(jobs)),
      resumeJobs: resumeJobs(jobs),
      retryDelayMs: MINUTES_10,
      slurm,
      clock,
      log: silentLog,
      clusterId: "mouse",
      isResumedNow,
      concurrency,
      watchMs,
      signal: this.deadline.signal,
      launchSignal: AbortSignal.any([this.deadline.signal, this.pause.signal]),
      launchSeconds: 585,
    };
  }

  #createMemory(): CapacityMemory {
    return new CapacityMemory({
      store: {
        read: () => Promise.resolve([...this.#stored]),
        add: (entry) => Promise.resolve(void this.#stored.push(entry)),
      },
      log: silentLog,
      nowMs: () => this.clock.now(),
      capacityCoolDownMs: MINUTES_5,
      limitCoolDownMs: MINUTES_10,
      imageOcid: "ocid1.image.oc1..a",
      bootMs: MINUTES_10,
    });
  }
}

export function failure(failureClass: FailureClass, message: string, code: string): OciFailure {
  return { class: failureClass, operation: "LaunchInstance", status: 500, code, message };
}

export function refused(...parts: Parameters<typeof failure>): LaunchOutcome {
  return { kind: "refused", failure: failure(...parts) };
}
