import { rm } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { CallEntry } from "./api/call-log.ts";
import type { CloudInstance } from "./api/cloud-event.ts";
import { credentialPaths } from "./api/credentials.ts";
import type { FaultReport, FaultRule } from "./api/fault-rules.ts";
import type { RegionDescription } from "./api/region.ts";
import type { ServiceLimit } from "./api/service-limits.ts";
import type { MachineFate } from "./machines/machine-fate.ts";
import { RESTART_COMMAND } from "./machines/cluster-files.ts";
import { enterCommand, type CommandResult } from "./machines/run-in-machine.ts";
import type { ImageByHand, InstanceByHand, LeftBootVolume } from "./by-hand.ts";
import { RegionClient } from "./region-client.ts";
import type { MachineReport } from "./region-control.ts";
import { OPERATOR } from "./region-plan.ts";
import { RegionProcess } from "./region-process.ts";
import { makeRunDirectory } from "./run-directory.ts";
import {
  DEFAULT_DIRECTORY,
  checkOptions,
  makePlan,
  type SandboxOptions,
} from "./sandbox-options.ts";
import { checkRequirements, observeComputer } from "./requirements.ts";
import { waitUntil } from "./wait-until.ts";

export interface ExecOptions {
  /** Default root. */
  readonly user?: "root" | "opc" | "alice" | "slurm";
  readonly stdin?: string;
  /** Default 60. */
  readonly timeoutSeconds?: number;
}

const EXEC_TIMEOUT_SECONDS = 60;
/** It may restart slurmctld and wait for it. */
const FINISH_TIMEOUT_SECONDS = 120;
const RESTART_TIMEOUT_SECONDS = 60;

/** An instance as the list shows it. */
export type ListedInstance = Omit<CloudInstance, "metadata" | "extendedMetadata">;

/** What happens to an instance without anybody's call to the API; test/sandbox/api/README.md says what each means. */
export type CloudAction = "stop" | "start" | "reset" | "terminate" | "preempt" | "fail";

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
    const directory = options.directory ?? DEFAULT_DIRECTORY;
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

  /** From now on, the tenancy's service limit has that value. */
  async setLimit(limit: ServiceLimit): Promise<void> {
    await this.parts.client.call("POST", "/control/limits", limit);
  }

  async clearLimits(): Promise<void> {
    await this.parts.client.call("DELETE", "/control/limits");
  }

  /** What nobody asks the API for: a click in the console (`stop`), OCI's own doing (`preempt`, `fail`). */
  async act(instanceOcid: string, action: CloudAction): Promise<void> {
    const path = `/control/instances/${instanceOcid}/actions`;
    await this.parts.client.call("POST", path, { action });
  }

  /** What an instance has written to its serial console: its machine's, where it has one. */
  async console(instanceOcid: string): Promise<string> {
    const path = `/control/instances/${instanceOcid}/console`;
    return (await this.parts.client.call("GET", path)) as string;
  }

  /** Makes an instance that no node asked for, e.g. with a cluster's tags: an orphan, or a node's namesake. */
  async launchByHand(instance: InstanceByHand): Promise<CloudInstance> {
    return (await this.parts.client.call("POST", "/control/instances", instance)) as CloudInstance;
  }

  /** Puts a boot volume into the compartment that belongs to no instance any more; its OCID. */
  async leaveBootVolume(volume: LeftBootVolume): Promise<string> {
    const answer = await this.parts.client.call("POST", "/control/boot-volumes", volume);
    return (answer as { bootVolumeOcid: string }).bootVolumeOcid;
  }

  /** Makes a custom image of a machine: what its instances boot is what is on its disk now. The image's OCID, once it can be launched. */
  async makeImage(machine: string, image: ImageByHand): Promise<string> {
    const made = await this.parts.client.call("POST", `${this.pathOf(machine)}/images`, image);
    return (made as { imageOcid: string }).imageOcid;
  }

  /** What becomes of the machine from its next power-on; `{ kind: "node" }`: an ordinary node again. */
  async setFate(machine: string, fate: MachineFate | { readonly kind: "node" }): Promise<void> {
    await this.parts.client.call("POST", `${this.pathOf(machine)}/fate`, fate);
  }

  /**
   * From now on slurmctld compares what a node registers with what it is to have, which it does not otherwise, because
   * nodes are larger than this computer. Restarts slurmctld.
   */
  async checkSizes(machine = "mgmt"): Promise<void> {
    const script = `sed --in-place /config_overrides/d /etc/slurm/slurm.conf && ${RESTART_COMMAND}`;
    const { exitCode, stderr } = await this.exec(machine, ["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`slurmctld was not restarted on ${machine}: ${stderr}`);
    await waitUntil(systemClock, "slurmctld is up again", RESTART_TIMEOUT_SECONDS, async () => {
      const ping = await this.exec(machine, ["scontrol", "ping"]);
      return ping.stdout.includes("is UP") ? true : undefined;
    });
  }

  /** The command line that runs a program of this computer in a machine's network: to OCI it is the machine that calls. */
  async networkCommand(machine: string, argv: readonly string[]): Promise<readonly string[]> {
    const { processId } = await this.reportOf(machine);
    const enter = ["nsenter", "--target", String(processId), "--net", "--", ...argv];
    return this.regionCommand(enter);
  }

  /** The command line that runs a program of this computer in the region's network: whoever deploys calls OCI from there, with operatorConfig. */
  regionCommand(argv: readonly string[]): readonly string[] {
    return ["nsenter", ...this.parts.process.enterArguments(), ...argv];
  }

  /** The OCI config file of who has deployed the clusters. */
  get operatorConfig(): string {
    return credentialPaths(join(this.parts.workDirectory, OPERATOR)).config;
  }

  /** The command line that leads into a machine, for a terminal. */
  async enterCommand(machine: string, argv: readonly string[]): Promise<readonly string[]> {
    const { processId, controlGroup } = await this.reportOf(machine);
    const group = controlGroup && { controlGroup: join(this.parts.workDirectory, controlGroup) };
    // First into the region, where the machine's process has the number that it reported.
    return [
      ...["nsenter", ...this.parts.process.enterArguments()],
      ...enterCommand({ processId, ...group }),
      ...argv,
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

  private async reportOf(machine: string): Promise<MachineReport> {
    const [cluster, name] = this.addressOf(machine);
    const machines = await this.machines();
    const found = machines.find((report) => report.cluster === cluster && report.name === name);
    if (found === undefined) throw new Error(`no machine ${machine} has power`);
    return found;
  }

  private pathOf(machine: string): string {
    const [cluster, name] = this.addressOf(machine);
    return `/control/machines/${encodeURIComponent(cluster)}/${encodeURIComponent(name)}`;
  }

  /** The cluster's id and the name of a machine that is, was or will be. */
  addressOf(machine: string): readonly [string, string] {
    const [first = "", second] = machine.split("/");
    return second === undefined ? [this.parts.clusterId, first] : [first, second];
  }
}
