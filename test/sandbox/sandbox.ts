import { rm } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { CallEntry } from "./api/call-log.ts";
import type { CloudInstance } from "./api/cloud-event.ts";
import type { CloudSettings } from "./api/cloud-settings.ts";
import type { FaultReport, FaultRule } from "./api/fault-rules.ts";
import type { Latency } from "./api/oci-door.ts";
import type { RateLimits } from "./api/rate-limit.ts";
import type { RegionDescription } from "./api/region.ts";
import { ensureImage } from "./machines/image-store.ts";
import { ensurePrograms } from "./machines/programs-store.ts";
import type { ReleaseName } from "./machines/releases.ts";
import { enterArguments, type CommandResult } from "./machines/run-in-machine.ts";
import { RegionClient } from "./region-client.ts";
import type { MachineReport } from "./region-control.ts";
import type { RegionPlan } from "./region-plan.ts";
import { RegionProcess } from "./region-process.ts";
import { makeRunDirectory } from "./run-directory.ts";
import { checkRequirements, observeComputer } from "./requirements.ts";

export interface SandboxOptions {
  /** The Debian release of all machines, and with it the version of Slurm. Default bookworm: 22.05. */
  readonly release?: ReleaseName;
  /** One cluster for each: letters and digits, a letter first, at most 15. Default: clustera. */
  readonly clusterIds?: readonly string[];
  /** What `npm run build` made for this architecture; absent: machines without our executables. */
  readonly archive?: string;
  /** Node names that instances of strangers in the same compartment bear as well. Default: none. */
  readonly strangerNames?: readonly string[];
  /** How the cloud behaves. */
  readonly cloud?: Partial<CloudSettings>;
  readonly latency?: Partial<Latency>;
  readonly rateLimits?: RateLimits;
  /** Where images are kept and runs happen. Default: .sandbox in the repository. */
  readonly directory?: string;
  /** Keep the run's directory, with all logs, when it stops. Default false. */
  readonly keepRun?: boolean;
  /** Hears of what takes long. */
  readonly report?: (line: string) => void;
  /** Hears, step by step, what is waited for. */
  readonly progress?: (step: string) => void;
  /** Ends a start that is under way; a sandbox that has started is stopped by stop(). */
  readonly signal?: AbortSignal;
}

export interface ExecOptions {
  /** Default root. */
  readonly user?: "root" | "opc" | "alice" | "slurm";
  readonly stdin?: string;
  /** Default 60. */
  readonly timeoutSeconds?: number;
}

const REPOSITORY = join(import.meta.dirname, "../..");
/**
 * slurmctld ignores a node that booted before it was asked for, and counts in whole seconds that it rounds against
 * us (facts observed on 22.05 and 24.11): instances must not boot faster than this.
 */
const BOOT_MS_MIN = 2000;
const EXEC_TIMEOUT_SECONDS = 60;
/** It may restart slurmctld and wait for it. */
const FINISH_TIMEOUT_SECONDS = 120;

/** An instance as the list shows it. */
export type ListedInstance = Omit<CloudInstance, "metadata" | "extendedMetadata">;

interface SandboxParts {
  readonly workDirectory: string;
  readonly process: RegionProcess;
  readonly client: RegionClient;
  readonly clusterId: string;
  readonly keepRun: boolean;
}

/**
 * A region of OCI on this computer, with clusters whose machines run real Slurm. Machines are named `mgmt` or by their
 * node, which means the first cluster's, or `<cluster id>/<name>`.
 */
export class Sandbox {
  private readonly parts: SandboxParts;
  private stopping: Promise<void> | undefined;

  private constructor(parts: SandboxParts) {
    this.parts = parts;
  }

  /**
   * Resolves when every cluster's slurmctld listens: about a second after the image is there. Ends with this process,
   * whatever ends that.
   * @throws RequirementError, ImageError, the signal's reason
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    checkRequirements(observeComputer());
    const clusterIds = options.clusterIds ?? ["clustera"];
    const [clusterId] = clusterIds;
    if (clusterId === undefined) throw new Error("a sandbox needs at least one cluster");
    checkOptions(clusterIds, options);
    const directory = options.directory ?? join(REPOSITORY, ".sandbox");
    const plan = await makePlan(options, clusterIds, directory);
    const keepRun = options.keepRun ?? false;
    const runsDirectory = join(directory, "runs");
    const workDirectory = await makeRunDirectory(runsDirectory, keepRun ? "kept" : "run");
    const temporaryDirectory = join(directory, "tmp");
    const process = await RegionProcess.start(plan, { workDirectory, temporaryDirectory });
    const client = await RegionClient.open(workDirectory);
    const sandbox = new Sandbox({ workDirectory, process, client, clusterId, keepRun });
    if (options.signal?.aborted === true) await sandbox.stop();
    options.signal?.throwIfAborted();
    return sandbox;
  }

  /** Where the run's logs are: region.log, and clusters/<id>/machines/<name>/{console.log,log}. */
  get workDirectory(): string {
    return this.parts.workDirectory;
  }

  /** Runs a command on a machine. That it fails is a result; that the machine is off is a ControlError. */
  async exec(
    machine: string,
    argv: readonly string[],
    { user = "root", stdin = "", timeoutSeconds = EXEC_TIMEOUT_SECONDS }: ExecOptions = {},
  ): Promise<CommandResult> {
    const path = `${this.pathOf(machine)}/commands`;
    const answer = await this.parts.client.call("POST", path, {
      argv,
      user,
      stdin,
      timeoutSeconds,
    });
    return answer as CommandResult;
  }

  /** The admin's part of setting a cluster up: writes limits.yaml and runs ~opc/finish. */
  async finish(limits: string, machine = "mgmt"): Promise<CommandResult> {
    await this.exec(machine, ["tee", "limits.yaml"], { user: "opc", stdin: limits });
    return this.exec(machine, ["./finish"], {
      user: "opc",
      timeoutSeconds: FINISH_TIMEOUT_SECONDS,
    });
  }

  /** Kills (-9) every process of a machine whose command line contains the text; tells whether there was one. */
  async kill(machine: string, text: string): Promise<boolean> {
    // Bracketed, so that the pattern does not find the command line that it is part of.
    const pattern = `[${text.slice(0, 1)}]${text.slice(1)}`;
    const { exitCode, stderr } = await this.exec(machine, ["pkill", "-KILL", "--full", pattern]);
    if (exitCode > 1) throw new Error(`pkill failed on ${machine}: ${stderr}`);
    return exitCode === 0;
  }

  /** The machine loses power, and the cloud goes on calling its instance RUNNING. */
  async cutPower(machine: string): Promise<void> {
    await this.parts.client.call("POST", `${this.pathOf(machine)}/power-cut`);
  }

  async machines(): Promise<readonly MachineReport[]> {
    return (await this.parts.client.call("GET", "/control/machines")) as readonly MachineReport[];
  }

  async instances(): Promise<readonly ListedInstance[]> {
    return (await this.parts.client.call("GET", "/control/instances")) as readonly ListedInstance[];
  }

  /** The API calls after the one of that sequence number. */
  async calls(since = 0): Promise<readonly CallEntry[]> {
    const path = `/control/calls?since=${since}`;
    return (await this.parts.client.call("GET", path)) as readonly CallEntry[];
  }

  async region(): Promise<RegionDescription> {
    return (await this.parts.client.call("GET", "/control/region")) as RegionDescription;
  }

  /** From now on, calls that match fail in this way. */
  async addFault(rule: FaultRule): Promise<FaultReport> {
    return (await this.parts.client.call("POST", "/control/faults", rule)) as FaultReport;
  }

  async clearFaults(): Promise<void> {
    await this.parts.client.call("DELETE", "/control/faults");
  }

  /** What nobody asks the API for; `fail` takes the host away under a running instance. */
  async act(instanceOcid: string, action: "stop" | "start" | "terminate" | "fail"): Promise<void> {
    const path = `/control/instances/${instanceOcid}/actions`;
    await this.parts.client.call("POST", path, { action });
  }

  /** The command line that leads into a machine, for a terminal. */
  async enterCommand(machine: string, argv: readonly string[]): Promise<readonly string[]> {
    const [cluster, name] = this.addressOf(machine);
    const found = (await this.machines()).find(
      (report) => report.cluster === cluster && report.name === name,
    );
    if (found === undefined) throw new Error(`no machine ${machine} has power`);
    // First into the region, where the machine's process has the number that it reported.
    return [
      ...["nsenter", ...this.parts.process.enterArguments()],
      ...["nsenter", ...enterArguments(found.processId), ...argv],
    ];
  }

  /** Resolves when nothing of it is left. Calling it again changes nothing. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    const { process, client, keepRun, workDirectory } = this.parts;
    await client.close();
    await process.stop();
    if (!keepRun) await rm(workDirectory, { recursive: true, force: true });
  }

  private pathOf(machine: string): string {
    const [cluster, name] = this.addressOf(machine);
    return `/control/machines/${encodeURIComponent(cluster)}/${encodeURIComponent(name)}`;
  }

  private addressOf(machine: string): readonly [string, string] {
    const [first = "", second] = machine.split("/");
    return second === undefined ? [this.parts.clusterId, first] : [first, second];
  }
}

function checkOptions(clusterIds: readonly string[], { cloud }: SandboxOptions): void {
  // The subnet's DNS label is made of it.
  const wrong = clusterIds.find((id) => !/^[a-z][a-z0-9]{0,14}$/.test(id));
  if (wrong !== undefined) {
    throw new Error(
      `cluster id ${wrong}: write up to 15 lower-case letters and digits, a letter first`,
    );
  }
  if (new Set(clusterIds).size < clusterIds.length)
    throw new Error("two clusters have the same id");
  const bootMs = cloud?.bootMs;
  if (bootMs !== undefined && bootMs < BOOT_MS_MIN) {
    throw new Error(
      `bootMs ${bootMs}: Slurm believes no boot that is faster than ${BOOT_MS_MIN} ms`,
    );
  }
}

async function makePlan(
  options: SandboxOptions,
  clusterIds: readonly string[],
  directory: string,
): Promise<RegionPlan> {
  const { release = "bookworm", report, progress, signal } = options;
  const images = { directory: join(directory, "images"), report, progress, signal };
  const [imageDirectory, programsDirectory] = await Promise.all([
    ensureImage(release, images),
    ensurePrograms(options.archive, join(directory, "programs"), systemClock.now()),
  ]);
  return {
    release,
    imageDirectory,
    programsDirectory,
    clusterIds,
    strangerNames: options.strangerNames ?? [],
    cloud: options.cloud ?? {},
    latency: options.latency ?? {},
    rateLimits: options.rateLimits ?? {},
  };
}
