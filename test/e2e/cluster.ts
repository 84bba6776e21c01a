import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";
import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import type { ListedInstance, Sandbox } from "../sandbox/sandbox.ts";
import { awaitState } from "./await-state.ts";
import { jobCommand, nodeListCommand, readJob, readNodes, type SlurmJob } from "./slurm-words.ts";

/** A job starts about a second after its nodes are there, at Slurm's next look of every 30 s when a restart came between. */
const JOB_TIMEOUT_SECONDS = 100;
const GONE = new Set(["TERMINATING", "TERMINATED"]);

/** One cluster of a sandbox, as its admin and its users see it. */
export class Cluster {
  readonly id: string;
  readonly sandbox: Sandbox;
  private readonly release: ReleaseName;

  constructor(sandbox: Sandbox, id: string, release: ReleaseName) {
    this.sandbox = sandbox;
    this.id = id;
    this.release = release;
  }

  get management(): string {
    return `${this.id}/mgmt`;
  }

  /** Runs a command on the management node; it must succeed. */
  async output(argv: readonly string[], user: "root" | "alice" = "root"): Promise<string> {
    const result = await this.sandbox.exec(this.management, argv, { user });
    if (result.exitCode === 0) return result.stdout.trim();
    throw new Error(`${argv.join(" ")}: ${JSON.stringify(result)}`);
  }

  /** `citc` as the admin `opc` calls it: with sudo. */
  citc(...argv: readonly string[]): Promise<string> {
    return this.output(["env", "SUDO_USER=opc", "/usr/local/bin/citc", ...argv]);
  }

  /** `scontrol update` of the nodes of a hostlist expression. */
  async update(nodeNames: string, ...words: readonly string[]): Promise<void> {
    await this.output(["scontrol", "update", `nodename=${nodeNames}`, ...words]);
  }

  /** Adds settings to startnode.yaml. */
  async configure(settings: Readonly<Record<string, number>>): Promise<void> {
    const lines = Object.entries(settings).map(([key, value]) => `${key}: ${value}`);
    const script = `printf '%s\\n' "$@" >> /etc/citc/startnode.yaml`;
    await this.output(["sh", "-c", script, "sh", ...lines]);
  }

  async nodes(): Promise<readonly SlurmNode[]> {
    return readNodes(await this.output(nodeListCommand(this.release)));
  }

  /** The nodes of these names, in the order of the names. */
  async nodesOf(names: readonly string[]): Promise<readonly SlurmNode[]> {
    const all = new Map((await this.nodes()).map((node) => [node.name, node]));
    return names.map((name) => {
      const node = all.get(name);
      if (node === undefined) throw new Error(`Slurm knows no node ${name}`);
      return node;
    });
  }

  /** Resolves with the nodes when every one of them is as the predicate wants it. */
  awaitNodes(
    what: string,
    timeoutSeconds: number,
    isReached: (node: SlurmNode) => boolean,
    names?: readonly string[],
  ): Promise<readonly SlurmNode[]> {
    return awaitState({
      what,
      timeoutSeconds,
      observe: () => (names === undefined ? this.nodes() : this.nodesOf(names)),
      isReached: (nodes) => nodes.length > 0 && nodes.every(isReached),
    });
  }

  /** A batch job whose steps write to the returned job's output. */
  submit(argv: readonly string[]): Promise<string> {
    return this.output(["sbatch", "--parsable", "--output=%j.out", ...argv], "alice");
  }

  /** A job that holds the terminal. */
  async run(argv: readonly string[]): Promise<CommandResult> {
    return this.sandbox.exec(this.management, ["srun", ...argv], {
      user: "alice",
      timeoutSeconds: JOB_TIMEOUT_SECONDS,
    });
  }

  async job(jobId: string): Promise<SlurmJob> {
    return readJob(await this.output(jobCommand(jobId)));
  }

  awaitJob(jobId: string, state: string): Promise<SlurmJob> {
    return awaitState({
      what: `job ${jobId} is ${state}`,
      timeoutSeconds: JOB_TIMEOUT_SECONDS,
      observe: () => this.job(jobId),
      isReached: ({ states }) => states.includes(state),
    });
  }

  /** What the job's steps wrote, in lines that are sorted. */
  async linesOfJob(jobId: string): Promise<readonly string[]> {
    return sortedLines(await this.output(["cat", `${jobId}.out`], "alice"));
  }

  /** All instances of nodes that this cluster ever had. */
  async instances(): Promise<readonly ListedInstance[]> {
    return (await this.sandbox.instances()).filter(
      ({ freeformTags: { cluster, type } }) => cluster === this.id && type === "compute",
    );
  }

  /** Those that are not gone or on their way out. */
  async living(): Promise<readonly ListedInstance[]> {
    return (await this.instances()).filter(({ lifecycleState }) => !GONE.has(lifecycleState));
  }

  /** The last words of slurmctld and of our programs, for the message of a test that fails. */
  async lastWords(): Promise<string> {
    const base = join(this.sandbox.workDirectory, "clusters", this.id, "machines/mgmt/log/slurm");
    const logs = await Promise.all(
      ["elastic.log", "slurmctld.log"].map(async (name) => {
        // A log that is not there must not stand in place of the error that it was to explain.
        const text = await readFile(join(base, name), "utf8").catch(String);
        return `--- ${this.id} ${name}\n${text.split("\n").slice(-LAST_LINES).join("\n")}`;
      }),
    );
    return logs.join("\n");
  }
}

const LAST_LINES = 40;

export function sortedLines(text: string): readonly string[] {
  return text.trim().split("\n").toSorted();
}
