import type {
  MemoryStore,
  ReconcileContext,
} from "../../../../nodectl/commands/reconcile/reconcile.ts";
import type { CapacityEntry } from "../../../../nodectl/domain/capacity-entry.ts";
import type { Log, LogFields } from "../../../../nodectl/domain/log.ts";
import type { BootNote, Claim } from "../../../../nodectl/domain/reconcile/sight.ts";
import type { Instance, PrivateAddress } from "../../../../nodectl/oci/provider.ts";
import type { NoticedJob, SlurmNode } from "../../../../nodectl/slurm/control.ts";
import { FakeCloud } from "../fake-cloud.ts";
import { VirtualClock } from "../virtual-clock.ts";

export const START_MS = Date.parse("2026-11-25T14:00:00Z");
export const MINUTE_MS = 60_000;

/** Slurm, a cloud, a memory and a log, all of them to be looked at; `world` runs before each of Slurm's lists. */
export class ReconcileRig {
  readonly clock = new VirtualClock(START_MS);
  readonly cloud = new FakeCloud();
  readonly nodes = new Map<string, SlurmNode>();
  readonly jobs: NoticedJob[] = [];
  readonly claims = new Map<string, Claim>();
  /** What was asked of Slurm and of the cloud, in order. */
  readonly calls: string[] = [];
  readonly warnings: string[] = [];
  /** Words of a call to Slurm that refuses it. */
  readonly refusals = new Map<string, Error>();
  /** What startnode is told of images and shapes. */
  readonly capacities: CapacityEntry[] = [];
  memory = "";
  isMemoryBroken = false;
  slurmLists = 0;
  /** Runs before each of Slurm's lists, with its number. */
  onSlurmList: (count: number) => void = () => undefined;
  listInstances: () => Promise<readonly Instance[]> = () => this.cloud.listInstances();
  captureConsole: (instanceOcid: string) => Promise<string | undefined> = () =>
    Promise.resolve("the end of a console");
  saveConsole: () => Promise<string> = () => Promise.resolve("/consoles/n1");
  /** By node name: what machines that could not be configured have left. */
  readonly notes = new Map<string, BootNote>();
  readNotes: () => Promise<ReadonlyMap<string, BootNote>> = () => Promise.resolve(this.notes);
  /** The node names that have an address; an error: they cannot be listed. */
  addresses: readonly string[] | Error = [];

  /** `BASE+FLAG USER: REASON`, as in sinfo. */
  setNode(name: string, text: string): void {
    const [, states = "", reasonUser = "", reason = ""] =
      /^(\S+)(?: ([a-z]*): (.*))?$/.exec(text) ?? [];
    const [base = "", ...more] = states.split("+");
    const flags = new Set(["CLOUD", ...more]);
    const address = `10.0.1.${name.slice(1)}`;
    this.nodes.set(name, { name, base, flags, address, reason, reasonUser, bootTimeMs: 0 });
    this.claims.set(name, "wanted");
  }

  /** An instance of that age. */
  launch(
    nodeName: string,
    lifecycleState: Instance["lifecycleState"],
    ageMs = MINUTE_MS,
  ): Instance {
    return this.cloud.add({ nodeName, lifecycleState, timeCreatedMs: this.clock.now() - ageMs });
  }

  context(): ReconcileContext {
    const log = this.#log();
    return {
      instances: {
        listInstances: () => this.listInstances(),
        launchInstance: (request) => this.cloud.launchInstance(request),
        terminateInstance: (instance) => {
          this.calls.push(`terminate ${instance.instanceOcid}`);
          return this.cloud.terminateInstance(instance);
        },
      },
      addressBook: {
        listPrivateAddresses: () => this.#listAddresses(),
      },
      instanceAddresses: { addressOf: () => Promise.resolve(undefined) },
      consoles: { captureConsole: (ocid) => this.captureConsole(ocid) },
      consoleFiles: { save: () => this.saveConsole() },
      slurm: this.#slurm(),
      claims: this.claims,
      notes: { read: () => this.readNotes() },
      limits: {
        orphanGraceMs: 5 * MINUTE_MS,
        bootLimitMs: 10 * MINUTE_MS,
        runDeadlineMs: 10 * MINUTE_MS,
      },
      clock: this.clock,
      store: this.#store(),
      log,
      concurrency: 4,
      retryDelayMs: 10 * MINUTE_MS,
      capacity: {
        add: (entry) => {
          this.capacities.push(entry);
          return Promise.resolve();
        },
      },
      breaker: { failuresMax: 3, coolDownMs: 15 * MINUTE_MS },
      imageOf: () => "ocid1.image.oc1..a",
    };
  }

  #listAddresses(): Promise<readonly PrivateAddress[]> {
    if (this.addresses instanceof Error) return Promise.reject(this.addresses);
    const ipAddress = "10.0.1.99";
    return Promise.resolve(
      this.addresses.map((hostnameLabel) => ({ hostnameLabel, ipAddress, timeCreatedMs: 0 })),
    );
  }

  #store(): MemoryStore {
    return {
      read: () => this.#ifWhole(() => this.memory),
      write: (text) =>
        this.#ifWhole(() => {
          this.memory = text;
        }),
    };
  }

  async #ifWhole<Value>(work: () => Value): Promise<Value> {
    await Promise.resolve();
    if (this.isMemoryBroken) throw new Error("no space left on device");
    return work();
  }

  #slurm(): ReconcileContext["slurm"] {
    const record =
      (verb: string) =>
      (names: readonly string[], ...more: readonly unknown[]): Promise<void> =>
        this.#call([verb, names.join(","), ...more.map(textOf)].join(" ").trim());
    return {
      listNodes: () => {
        this.onSlurmList(++this.slurmLists);
        return Promise.resolve([...this.nodes.values()]);
      },
      setDown: record("down"),
      drain: record("drain"),
      returnToService: record("return"),
      powerDownByForce: record("force"),
      powerDownWhenFree: record("asap"),
      reportAddresses: (addresses) =>
        this.#call(addresses.map((it) => `address ${it.nodeName} ${it.ipAddress}`).join()),
      jobsOnNodes: () => Promise.resolve(this.jobs),
      setAdminComment: (ids, text) =>
        ids.length === 0 ? Promise.resolve() : this.#call(`comment ${ids.join(",")} ${text}`),
      notify: (id, text) => this.#call(`notify ${id} ${text}`),
    };
  }

  async #call(words: string): Promise<void> {
    await Promise.resolve();
    this.calls.push(words);
    const refusal = [...this.refusals].find(([begin]) => words.startsWith(begin));
    if (refusal !== undefined) throw refusal[1];
  }

  #log(): Log {
    const note = (event: string, { reason = "" }: LogFields = {}): void => {
      this.warnings.push(`${event}: ${reason}`);
    };
    return { info: () => undefined, warn: note, error: note };
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
