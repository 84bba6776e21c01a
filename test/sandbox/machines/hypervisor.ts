import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../../nodectl/domain/log.ts";
import type { CloudEvent, CloudInstance } from "../api/cloud-event.ts";
import { ConsoleFiles } from "./console-files.ts";
import { consoleFileOf, Machine, type MachineDescription, type MachineInit } from "./machine.ts";
import type { MachineFate } from "./machine-fate.ts";
import type { SubnetBridge } from "./subnet-bridges.ts";

/** What the machines of one cluster have in common. */
export interface ClusterMachines {
  readonly clusterId: string;
  readonly subnetOcid: string;
  /** Below it, one directory a machine. */
  readonly directory: string;
  readonly sharedDirectory: string;
  readonly filesDirectory: Readonly<Record<MachineDescription["role"], string>>;
}

export interface HypervisorOptions {
  readonly clusters: readonly ClusterMachines[];
  readonly bridges: readonly SubnetBridge[];
  readonly imageDirectories: Readonly<Record<MachineDescription["role"], string>>;
  readonly programsDirectory: string;
  /** For the images that are made of machines. */
  readonly capturesDirectory: string;
  /** Below it, the control group of each machine; absent: small machines, which have none and do not boot. */
  readonly controlGroup?: string | undefined;
  readonly log: Log;
}

/** A machine and the instance that it is. */
export interface RunningMachine {
  readonly clusterId: string;
  readonly instance: CloudInstance;
  readonly machine: Machine;
}

/** Turns instances into machines. A cluster is known by its subnet; other instances have no machine. */
export class Hypervisor {
  private readonly options: HypervisorOptions;
  private readonly running = new Map<string, Promise<RunningMachine>>();
  private readonly consoles = new ConsoleFiles();
  private readonly fates = new Map<string, MachineFate>();
  /** Root file systems of images that were made of a machine, by the image's OCID. */
  private readonly captures = new Map<string, string>();
  private captureCount = 0;
  private cableCount = 0;

  constructor(options: HypervisorOptions) {
    this.options = options;
  }

  /** What the cloud's events ask for. Neither throws nor waits, as CloudListener wants it. */
  readonly listen = (event: CloudEvent): void => {
    switch (event.kind) {
      case "instance-running":
        if (event.instance.boots) this.inBackground(this.powerOn(event.instance, "compute"));
        return;
      case "instance-powered-off":
        this.inBackground(this.cutPower(event.instance.instanceOcid));
        return;
      case "instance-terminated":
        this.consoles.forget(event.instance.instanceOcid);
        return;
    }
  };

  /** What an instance's machine has written to its console; undefined when it never had one. */
  readonly readConsole = (instanceOcid: string): Buffer | undefined =>
    this.consoles.read(instanceOcid);

  /** Whether its machines boot. What is on one that does is up to its operating system. */
  get isBooting(): boolean {
    return this.options.controlGroup !== undefined;
  }

  /** From its next power-on; undefined: an ordinary node again. False: there is no such cluster. */
  setFate(clusterId: string, name: string, fate: MachineFate | undefined): boolean {
    if (!this.options.clusters.some((cluster) => cluster.clusterId === clusterId)) return false;
    if (fate === undefined) this.fates.delete(`${clusterId}/${name}`);
    else this.fates.set(`${clusterId}/${name}`, fate);
    return true;
  }

  /** Undefined when the instance is none of a cluster's. */
  async powerOn(
    instance: CloudInstance,
    role: MachineDescription["role"],
  ): Promise<RunningMachine | undefined> {
    const { clusters } = this.options;
    const cluster = clusters.find(({ subnetOcid }) => subnetOcid === instance.subnet.ocid);
    if (cluster === undefined) return undefined;
    const description = this.describe(instance, cluster, role);
    this.consoles.begin(instance.instanceOcid, consoleFileOf(description));
    const starting = Machine.powerOn(description).then((machine) => ({
      clusterId: cluster.clusterId,
      instance,
      machine,
    }));
    this.running.set(instance.instanceOcid, starting);
    const started = await starting;
    this.options.log.info("Machine powered on", { node: description.name });
    const gone = started.machine.ended.then(() => {
      // Unless somebody switched it off, or on again since.
      if (this.running.get(instance.instanceOcid) !== starting) return;
      this.running.delete(instance.instanceOcid);
      this.options.log.warn("Machine went down by itself", { node: description.name });
    });
    this.inBackground(gone);
    return started;
  }

  /** A power cut that nobody is told of: the cloud still calls the instance RUNNING. */
  async cutPower(instanceOcid: string): Promise<void> {
    const starting = this.running.get(instanceOcid);
    if (starting === undefined) return;
    this.running.delete(instanceOcid);
    const { machine } = await starting;
    await machine.cutPower();
    this.options.log.info("Machine powered off", { node: machine.description.name });
  }

  /**
   * Copies what is on a machine's disk now; instances of the image that is added then boot that. Nothing is left of a copy that fails.
   * @returns the image's OCID
   */
  async capture({ machine }: RunningMachine, addImage: () => string): Promise<string> {
    const directory = join(this.options.capturesDirectory, String(this.captureCount));
    this.captureCount += 1;
    try {
      await machine.copyDisk(directory);
      const imageOcid = addImage();
      this.captures.set(imageOcid, directory);
      return imageOcid;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** The machines with power on. */
  list(): Promise<readonly RunningMachine[]> {
    return Promise.all(this.running.values());
  }

  private describe(
    instance: CloudInstance,
    cluster: ClusterMachines,
    role: MachineDescription["role"],
  ): MachineDescription {
    const { bridges, imageDirectories, programsDirectory } = this.options;
    const bridge = bridges.find(({ subnetOcid }) => subnetOcid === cluster.subnetOcid);
    if (bridge === undefined) throw new Error(`no bridge for subnet ${cluster.subnetOcid}`);
    const name = instance.hostnameLabel ?? instance.displayName;
    const fate = this.fates.get(`${cluster.clusterId}/${name}`);
    this.cableCount += 1;
    return {
      name,
      role,
      init: this.chooseInit(`cable${this.cableCount}`),
      address: instance.privateIp,
      prefixLength: bridge.prefixLength,
      hardwareAddress: instance.macAddress,
      routerAddress: bridge.routerAddress,
      bridge: bridge.device,
      cable: `cable${this.cableCount}`,
      directory: join(cluster.directory, name),
      imageDirectory: this.captures.get(instance.imageOcid) ?? imageDirectories[role],
      programsDirectory,
      filesDirectory: cluster.filesDirectory[role],
      sharedDirectory: cluster.sharedDirectory,
      ...(fate === undefined ? {} : { fate }),
    };
  }

  /** The cable's name is of one machine alone, and a name for its control group as well. */
  private chooseInit(cable: string): MachineInit {
    const { controlGroup } = this.options;
    return controlGroup === undefined
      ? { kind: "services" }
      : { kind: "systemd", controlGroup: join(controlGroup, cable) };
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.options.log.error("The hypervisor failed", { reason });
    });
  }
}
