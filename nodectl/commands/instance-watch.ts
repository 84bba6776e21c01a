import type { Clock } from "../domain/clock.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { Log } from "../domain/log.ts";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import { OciCallError } from "../oci/oci-errors.ts";
import type { AddressBook, Instance, InstanceControl, PrivateAddress } from "../oci/provider.ts";
import type { NodeAddress, SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

export interface WatchContext {
  readonly addresses: AddressBook;
  readonly instances: InstanceControl;
  readonly slurm: Pick<SlurmControl, "reportAddresses">;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
  /** Milliseconds after the last launch until which instances are watched on their way to RUNNING. */
  readonly watchMs: number;
}

/** A node whose instance was accepted. */
export interface WatchedNode {
  readonly nodeName: string;
  readonly instance: Instance;
}

/** One list for all nodes in this time while launches go on; it must not cost much beside them. */
const LAUNCHING_DELAY_MS = 8_000;
const ADDRESS_DELAY_MS_MIN = 800;
const ADDRESS_DELAY_MS_MAX = 5_000;
/** An address that has not come by then comes with the node's registration, or never. */
const ADDRESS_WAIT_MS = 60_000;
/** So many polls at the shortest delay: an address comes within seconds of its launch, or late. */
const PROMPT_POLLS = 5;
/** From this poll on the instances are looked at too: an address should be there within seconds. */
const POLLS_BEFORE_LOOKING = 3;
const POWER_DELAY_MS_MIN = 2_000;
const POWER_DELAY_MS_MAX = 10_000;
/** A list that is refused so often in a row stays so: what passes by itself is repeated inside the call. */
const REFUSALS_MAX = 3;
/** OCI's time stamps of VNIC and instance may come from two clocks. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * Follows accepted instances until they have an address and power. Addresses come from one paged list per poll
 * (hostnameLabel = node name) and go to Slurm in batches, as they come: NodeAddr must not wait for the
 * registration, because slurmctld freezes for 10 s on a reconfigure while a waking node has none (seen on 24.11.5). An
 * instance that ends before it has power was given up by OCI, or terminated by somebody; onEnded hears of it.
 */
export class InstanceWatch<Node extends WatchedNode> {
  readonly #context: WatchContext;
  readonly #onEnded: (node: Node) => void;
  readonly #unaddressed = new Map<string, Node>();
  readonly #unpowered = new Map<string, Node>();
  #wake = new AbortController();
  #lastAddedMs = 0;
  /** Lists that were refused one after the other, of each kind. */
  readonly #refusals = { addresses: 0, instances: 0 };

  constructor(context: WatchContext, onEnded: (node: Node) => void) {
    this.#context = context;
    this.#onEnded = onEnded;
  }

  /** Accepted, but without an address so far. */
  get unaddressed(): readonly Node[] {
    return [...this.#unaddressed.values()];
  }

  add(node: Node): void {
    this.#lastAddedMs = this.#context.clock.now();
    this.#unaddressed.set(node.nodeName, node);
    if (node.instance.lifecycleState !== "RUNNING") this.#unpowered.set(node.nodeName, node);
  }

  /** Looks again at once: the launches are done. */
  wake(): void {
    this.#wake.abort();
  }

  /**
   * A last look: launches that were under way at the deadline have been accepted since, and what OCI has given up
   * since the last list would be nobody's: neither DOWN nor alive until ResumeTimeout.
   */
  async finish(): Promise<void> {
    if (this.#isBlind()) return;
    await this.#readAddresses();
    if (this.#context.signal.aborted) await this.#readInstances();
  }

  /** Nothing more will be seen. */
  #isBlind(): boolean {
    return Math.max(this.#refusals.addresses, this.#refusals.instances) >= REFUSALS_MAX;
  }

  /** Watches until nothing is left to launch and to see, or the time is up. */
  async run(isLaunching: () => boolean): Promise<void> {
    let quietPolls = 0;
    for (;;) {
      if (isLaunching()) quietPolls = 0;
      else quietPolls += 1;
      await this.#readAddresses();
      const isLate = quietPolls >= POLLS_BEFORE_LOOKING || this.#unaddressed.size === 0;
      // At first nothing has power yet: looking would be a list for nothing.
      if (isLate && quietPolls > 1) await this.#readInstances();
      if (!isLaunching() && this.#isDone()) return;
      const delayMs = isLaunching() ? LAUNCHING_DELAY_MS : this.#delayMs(quietPolls);
      if (!(await this.#sleep(delayMs))) return;
    }
  }

  #isDone(): boolean {
    if (this.#isBlind()) return true;
    const { clock, watchMs } = this.#context;
    const waitedMs = clock.now() - this.#lastAddedMs;
    if (this.#unaddressed.size > 0) return waitedMs >= Math.max(watchMs, ADDRESS_WAIT_MS);
    return this.#unpowered.size === 0 || waitedMs >= watchMs;
  }

  #delayMs(quietPolls: number): number {
    const isAddressed = this.#unaddressed.size === 0;
    const [min, max, promptPolls] = isAddressed
      ? [POWER_DELAY_MS_MIN, POWER_DELAY_MS_MAX, 1]
      : [ADDRESS_DELAY_MS_MIN, ADDRESS_DELAY_MS_MAX, PROMPT_POLLS];
    const doublings = Math.max(0, Math.min(quietPolls - promptPolls, 10));
    return Math.min(max, min * 2 ** doublings);
  }

  /** False when the run's deadline came. */
  async #sleep(delayMs: number): Promise<boolean> {
    const { clock, signal } = this.#context;
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    const wake = this.#wake.signal;
    try {
      await clock.sleep(delayMs, AbortSignal.any([signal, wake]));
    } catch (error) {
      if (signal.aborted) return false;
      if (!wake.aborted) throw error;
    }
    return true;
  }

  async #readAddresses(): Promise<void> {
    if (this.#unaddressed.size === 0) return;
    const { addresses, log } = this.#context;
    const listed = await orWarn(addresses.listPrivateAddresses(), log, "could not list addresses");
    this.#refusals.addresses = listed === undefined ? this.#refusals.addresses + 1 : 0;
    const found = matchAddresses(this.#unaddressed, listed ?? []);
    await this.#report(found);
    for (const { nodeName } of found) this.#unaddressed.delete(nodeName);
  }

  async #report(found: readonly NodeAddress[]): Promise<void> {
    if (found.length === 0) return;
    const { slurm, log } = this.#context;
    try {
      await slurm.reportAddresses(found);
    } catch (error) {
      // The others are done, or the nodes' own registrations will bring what Slurm did not take now.
      if (!isSlurmError(error)) throw error;
      const nodes = compressHostlist(found.map(({ nodeName }) => nodeName));
      log.error("could not report addresses", { nodes, reason: error.message });
      return;
    }
    for (const { nodeName, ipAddress } of found)
      log.info("reported address", { node: nodeName, ipAddress });
  }

  async #readInstances(): Promise<void> {
    if (this.#unaddressed.size + this.#unpowered.size === 0) return;
    const { instances, log } = this.#context;
    const listed = await orWarn(instances.listInstances(), log, "could not list instances");
    this.#refusals.instances = listed === undefined ? this.#refusals.instances + 1 : 0;
    const states = new Map(
      listed?.map((instance) => [instance.instanceOcid, instance.lifecycleState]),
    );
    for (const node of new Set([...this.#unaddressed.values(), ...this.#unpowered.values()])) {
      const lifecycleState = states.get(node.instance.instanceOcid);
      if (lifecycleState === "RUNNING") this.#unpowered.delete(node.nodeName);
      if (lifecycleState === undefined || isLiving({ lifecycleState })) continue;
      this.#unaddressed.delete(node.nodeName);
      this.#unpowered.delete(node.nodeName);
      this.#onEnded(node);
    }
  }
}

/** The launches stand: without a list from OCI the nodes' own registrations have to bring what it would have said. */
async function orWarn<Value>(
  answer: Promise<Value>,
  log: Log,
  event: string,
): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    log.error(event, { reason: error.message });
    return undefined;
  }
}

/** Only an address made with or after the instance counts: the label may have belonged to an earlier one. */
function matchAddresses(
  waiting: ReadonlyMap<string, WatchedNode>,
  addresses: readonly PrivateAddress[],
): NodeAddress[] {
  return addresses.flatMap(({ hostnameLabel, ipAddress, timeCreatedMs }) => {
    const node = waiting.get(hostnameLabel);
    if (node === undefined) return [];
    const isOld = timeCreatedMs < node.instance.timeCreatedMs - CLOCK_TOLERANCE_MS;
    return isOld ? [] : [{ nodeName: node.nodeName, ipAddress }];
  });
}
