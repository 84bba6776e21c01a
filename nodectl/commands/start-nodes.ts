import pMap from "p-map";
import type { FailedNode } from "../domain/failed-node.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import { unwantedNodes } from "../domain/unwanted-nodes.ts";
import type { LaunchInquiry } from "../oci/provider.ts";
import type { SlurmControl } from "../slurm/control.ts";
import { Batches } from "./batches.ts";
import { explainEnd } from "./explain-end.ts";
import { abandonNodes, failNodes, type FailContext } from "./fail-nodes.ts";
import { InstanceWatch, type WatchContext, type WatchedNode } from "./instance-watch.ts";
import { launchNodes } from "./launch-nodes.ts";
import type { LaunchContext, LaunchResult, LaunchTarget } from "./launch-target.ts";
import { recordsOrWarn } from "./node-records.ts";
import { terminateInstances } from "./terminate-instances.ts";

export interface StartContext extends LaunchContext, WatchContext, FailContext {
  readonly slurm: FailContext["slurm"] & SlurmControl;
  readonly launches: LaunchInquiry;
}

/** What a run is to start. */
export interface StartRequest {
  readonly targets: readonly LaunchTarget[];
  /** Nodes that cannot be launched, and why: Slurm and their jobs are told as of the others. */
  readonly failed: readonly FailedNode[];
}

/** Something that nobody foresaw ended a run; what stands stands. */
export class UnfinishedStartError extends Error {
  override readonly name = "UnfinishedStartError";
  /** Nodes that have neither an instance nor a failure that Slurm was told of. */
  readonly nodeNames: readonly string[];

  constructor(nodeNames: readonly string[], options: ErrorOptions) {
    super("the run ended before all nodes had their turn", options);
    this.nodeNames = nodeNames;
  }
}

export interface StartReport {
  readonly launched: readonly string[];
  readonly adopted: readonly string[];
  /** Accepted by OCI, but without an address when the time was up. */
  readonly unaddressed: readonly string[];
  readonly failed: readonly FailedNode[];
  /** Not launched, because their job cannot be completed. */
  readonly abandoned: readonly string[];
}

/**
 * Launches the instance behind each node and tells Slurm its address, or, when there is none to be had, why. Safe to
 * repeat: whatever a killed run had reached is adopted. Every node ends in exactly one of the report's lists (those
 * without an address are launched or adopted as well).
 * @throws UnfinishedStartError with the cause, for what nobody foresaw
 */
export async function startNodes(
  context: StartContext,
  request: StartRequest,
): Promise<StartReport> {
  return await new StartRun(context).run(request);
}

type Accepted = Extract<LaunchResult, { kind: "launched" | "adopted" }>;
type Watched = WatchedNode & { readonly accepted: Accepted };

const LATE_ADDRESS = "Slurm learns it when the node registers";

/** How often OCI may give up what it accepted before a node fails. */
const ENDS_MAX = 3;

/** One run: launches, watches what was accepted, and tells of failures, all at the same time. */
class StartRun {
  readonly #context: StartContext;
  readonly #watch: InstanceWatch<Watched>;
  readonly #ended: Batches<Accepted>;
  readonly #failures: Batches<FailedNode>;
  readonly #abandoned: Batches<Pick<FailedNode, "nodeName" | "reason">>;
  readonly #results = new Map<string, LaunchResult>();
  readonly #ends = new Map<string, number>();
  readonly #work: Promise<void>[] = [];
  #underWay = 0;

  constructor(context: StartContext) {
    this.#context = context;
    this.#ended = new Batches(context.clock, (ended) => this.#replaceEnded(ended));
    this.#watch = new InstanceWatch(context, (node) => {
      this.#ended.add(node.accepted);
      this.#begin(() => this.#ended.drain());
    });
    this.#abandoned = new Batches(context.clock, (nodes) => abandonNodes(context, nodes));
    this.#failures = new Batches(context.clock, (failed) => failNodes(context, failed));
  }

  async run({ targets, failed }: StartRequest): Promise<StartReport> {
    const names = [...failed, ...targets].map(({ nodeName }) => nodeName);
    try {
      // First: no node of a job that cannot have all of its nodes is to be launched.
      for (const node of failed) this.#take({ kind: "failed", ...node });
      await this.#startAll(targets);
    } catch (cause) {
      throw new UnfinishedStartError(await this.#unfinishedOf(names), { cause });
    }
    return this.#report(names);
  }

  async #startAll(targets: readonly LaunchTarget[]): Promise<void> {
    this.#begin(() => this.#launch(targets));
    await this.#watch.run(() => this.#underWay > 0);
    await Promise.all(this.#work);
    await this.#watch.finish();
    // Nodes whose instances the last look saw ended.
    await Promise.all(this.#work);
    await this.#failures.drain();
    await this.#abandoned.drain();
    await this.#endUnwanted();
  }

  /** After an error: whose launch is still under way is waited for. */
  async #unfinishedOf(names: readonly string[]): Promise<readonly string[]> {
    await Promise.allSettled(this.#work);
    const [told] = await Promise.allSettled([this.#failures.drain()]);
    return names.filter((name) => {
      const kind = this.#results.get(name)?.kind;
      return kind === undefined || (kind === "failed" && told.status === "rejected");
    });
  }

  /** Work that may add instances to watch. */
  #begin(work: () => Promise<void>): void {
    this.#underWay += 1;
    const done = work().finally(() => {
      this.#underWay -= 1;
      this.#watch.wake();
    });
    // run() hears of the error; until then it must not end the process.
    done.catch(() => undefined);
    this.#work.push(done);
  }

  async #launch(targets: readonly LaunchTarget[]): Promise<void> {
    await launchNodes(this.#context, targets, (result) => {
      this.#take(result);
    });
  }

  #take(result: LaunchResult): void {
    switch (result.kind) {
      case "launched":
      case "adopted": {
        const { nodeName } = result.target;
        this.#results.set(nodeName, result);
        this.#watch.add({ nodeName, instance: result.instance, accepted: result });
        return;
      }
      case "failed":
        this.#context.doomedJobs.nodeFailed(result.nodeName);
        this.#results.set(result.nodeName, result);
        this.#failures.add(result);
        return;
      case "abandoned":
        this.#results.set(result.nodeName, result);
        this.#context.log.warn("abandoned node", {
          node: result.nodeName,
          reason: result.reason,
        });
        this.#abandoned.add(result);
    }
  }

  /** An accepted launch that OCI gave up counts as its refusal: the next placement is tried. */
  async #replaceEnded(ended: readonly Accepted[]): Promise<void> {
    const worthAnother: LaunchTarget[] = [];
    const { concurrency, launchSignal } = this.#context;
    await pMap(
      ended,
      async (accepted) => {
        const { nodeName } = accepted.target;
        const ends = (this.#ends.get(nodeName) ?? 0) + 1;
        this.#ends.set(nodeName, ends);
        const { isWorthAnother, reason } = await explainEnd(this.#context, accepted);
        const isTried = isWorthAnother && ends < ENDS_MAX && !launchSignal.aborted;
        if (isTried) worthAnother.push(accepted.target);
        else this.#take({ kind: "failed", nodeName, reason });
      },
      { concurrency },
    );
    if (worthAnother.length > 0) await this.#launch(worthAnother);
  }

  /**
   * Slurm may have given up nodes meanwhile, and called stopnode before their instances were there to be found. So it is
   * after the run's deadline too: what runs on costs money.
   */
  async #endUnwanted(): Promise<void> {
    const { isResumedNow, log } = this.#context;
    const launched = [...this.#results.values()].flatMap((result) =>
      result.kind === "launched" || (result.kind === "adopted" && result.isNew) ? [result] : [],
    );
    if (!isResumedNow || launched.length === 0) return;
    const records = await recordsOrWarn(this.#context);
    const names = launched.map(({ target }) => target.nodeName);
    const unwanted = new Set(unwantedNodes(records?.values() ?? [], names));
    if (unwanted.size === 0) return;
    log.warn("Slurm does not want these nodes any more", {
      nodes: compressHostlist([...unwanted]),
    });
    const victims = launched.filter(({ target }) => unwanted.has(target.nodeName));
    await terminateInstances(
      this.#context,
      victims.map(({ instance }) => instance),
    );
  }

  #report(names: readonly string[]): StartReport {
    const namesOf = (kind: LaunchResult["kind"]): string[] =>
      names.filter((name) => this.#results.get(name)?.kind === kind);
    const unaddressed = this.#watch.unaddressed.map(({ nodeName }) => nodeName);
    for (const node of unaddressed)
      this.#context.log.warn("found no address in time", { node, reason: LATE_ADDRESS });
    return {
      launched: namesOf("launched"),
      adopted: namesOf("adopted"),
      unaddressed,
      failed: names.flatMap((name) => {
        const result = this.#results.get(name);
        return result?.kind === "failed" ? [result] : [];
      }),
      abandoned: namesOf("abandoned"),
    };
  }
}
