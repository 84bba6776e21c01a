import { readFileSync } from "node:fs";
import { cloudNodesOf } from "../../../nodectl/commands/observe-cluster.ts";
import type {
  ConfigurationControl,
  ConfiguringJob,
  JobControl,
  SlurmControl,
  SlurmNode,
  SlurmVersion,
} from "../../../nodectl/slurm/control.ts";

/** A slurmctld in memory. It takes its nodes from the slurm.conf on disk, when told, as the real one does. */
export class FakeSlurm implements SlurmControl, JobControl, ConfigurationControl {
  readonly nodes = new Map<string, SlurmNode>();
  /** What was asked of it, in order; without questions. */
  readonly calls: string[] = [];
  readonly #confFile: string;
  readonly #version: SlurmVersion;
  /** The text of slurm.conf that it last read. */
  #running: string | undefined;
  /** Partitions that jobs name. */
  readonly jobPartitions = new Set<string>();
  /** Jobs whose nodes are waking; asked again at each poll. */
  configuring: () => readonly ConfiguringJob[] = () => [];
  isUp = true;
  /** A word in slurm.conf that slurmctld dies of, though the parser lets it pass. */
  deadlyWord: string | undefined;
  /** Never ends a restart or a reconfigure: who asked for it can as well be dead. */
  isDeaf = false;
  /** Runs after the next drain, in place of what the world does meanwhile. */
  afterDrain: (() => void) | undefined;

  constructor(confFile: string, version = "22.05.8") {
    this.#confFile = confFile;
    const [major, minor] = version.split(".").map(Number);
    this.#version = { major: major ?? 0, minor: minor ?? 0, text: version };
  }

  version(): Promise<SlurmVersion> {
    return Promise.resolve(this.#version);
  }

  listNodes(): Promise<readonly SlurmNode[]> {
    return this.#answer(() => [...this.nodes.values()]);
  }

  partitionsWithJobs(): Promise<ReadonlySet<string>> {
    return this.#answer(() => new Set(this.jobPartitions));
  }

  configuringJobs(): Promise<readonly ConfiguringJob[]> {
    return this.#answer(() => this.configuring());
  }

  runsFilesOnDisk(): Promise<boolean> {
    return this.#answer(() => this.#running === readFileSync(this.#confFile, "utf8"));
  }

  isAnswering(): Promise<boolean> {
    return Promise.resolve(this.isUp);
  }

  drain(names: readonly string[], reason: string): Promise<void> {
    return this.#answer(() => {
      this.calls.push(`drain ${names.join(",")}`);
      for (const name of names) this.#change(name, { add: ["DRAIN"], reason });
      this.afterDrain?.();
    });
  }

  returnToService(names: readonly string[]): Promise<void> {
    return this.#answer(() => {
      this.calls.push(`return ${names.join(",")}`);
      for (const name of names) this.#change(name, { remove: ["DRAIN"] });
    });
  }

  setDown(): Promise<void> {
    return Promise.reject(new Error("finish sets no node down"));
  }

  reportAddresses(): Promise<void> {
    return Promise.reject(new Error("finish reports no address"));
  }

  /** 22.05 ends when the set of nodes has changed. */
  reconfigure(): Promise<void> {
    if (this.isDeaf) return this.#ignore();
    return this.#answer(() => {
      this.calls.push("reconfigure");
      const wanted = this.#confNodes();
      const hasChanged = wanted.length !== this.nodes.size;
      if (hasChanged && this.#version.major < 23) {
        this.isUp = false;
        throw new Error("MaxNodeCount has changed during reconfig, slurmctld must be restarted");
      }
      this.#load(wanted);
    });
  }

  restart(): Promise<void> {
    if (this.isDeaf) return this.#ignore();
    this.calls.push("restart");
    this.isUp = true;
    this.#load(this.#confNodes());
    return Promise.resolve();
  }

  /** Puts a node into a state; the flags replace those it has. */
  put(name: string, base: string, flags: readonly string[], reason = ""): void {
    const bootTimeMs = 0;
    const node = {
      name,
      base,
      flags: new Set(["CLOUD", ...flags]),
      address: name,
      reason,
      reasonUser: "",
      bootTimeMs,
    };
    this.nodes.set(name, node);
  }

  stateOf(name: string): string {
    const node = this.nodes.get(name);
    return node === undefined ? "unknown" : [node.base, ...node.flags].join("+");
  }

  #ignore(): Promise<void> {
    this.calls.push("ignored");
    return new Promise(() => undefined);
  }

  #confNodes(): readonly string[] {
    const text = readFileSync(this.#confFile, "utf8");
    if (this.deadlyWord !== undefined && text.includes(this.deadlyWord)) this.isUp = false;
    return cloudNodesOf(text);
  }

  #load(names: readonly string[]): void {
    if (!this.isUp) return;
    this.#running = readFileSync(this.#confFile, "utf8");
    for (const name of this.nodes.keys()) if (!names.includes(name)) this.nodes.delete(name);
    for (const name of names) if (!this.nodes.has(name)) this.put(name, "IDLE", ["POWERED_DOWN"]);
  }

  #change(
    name: string,
    { add = [], remove = [], reason }: { add?: string[]; remove?: string[]; reason?: string },
  ): void {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    const flags = new Set([...node.flags, ...add].filter((flag) => !remove.includes(flag)));
    this.nodes.set(name, { ...node, flags, reason: reason ?? node.reason });
  }

  async #answer<Answer>(answer: () => Answer): Promise<Answer> {
    await Promise.resolve();
    if (!this.isUp) throw new Error("Unable to contact slurm controller");
    return answer();
  }
}
