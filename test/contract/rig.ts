import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, inject } from "vitest";
import { stringify } from "yaml";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { startApiServer, type ApiServer } from "../sandbox/api/api-server.ts";
import type { MetadataServer } from "../sandbox/api/metadata-server.ts";
import { startPrincipalServers } from "../sandbox/api/principal-servers.ts";
import { describeInstance, type CloudInstance } from "../sandbox/api/cloud-event.ts";
import type { CloudSettings } from "../sandbox/api/cloud-settings.ts";
import { Cloud } from "../sandbox/api/cloud.ts";
import { createCredentials, publicHalf, writeCredentials } from "../sandbox/api/credentials.ts";
import type { Latency } from "../sandbox/api/oci-door.ts";
import type { RateLimits } from "../sandbox/api/rate-limit.ts";
import { createRegion, type RegionDescription } from "../sandbox/api/region.ts";
import { resultOf, type ProgramResult } from "./program-result.ts";
import { createPrincipal, type Principal, type PrincipalOptions } from "./principal.ts";
import { addStrangers } from "../sandbox/api/strangers.ts";
import {
  addressesIn,
  downNodesIn,
  jobCommentsIn,
  namesOf,
  poweredDownIn,
  readUpdates,
  type SlurmUpdate,
} from "../stand-in/slurm-updates.ts";

const CLUSTER_ID = "mouse";
const REPOSITORY = join(import.meta.dirname, "../..");

export interface RigOptions {
  readonly cloud?: Partial<CloudSettings>;
  readonly latency?: Partial<Latency>;
  readonly rateLimits?: RateLimits;
  /** Node names, of which strangers exist as well. */
  readonly strangerNames?: readonly string[];
  /** nodectl runs on an instance and has no API key. */
  readonly principal?: PrincipalOptions;
}

export function bundleOf(program: string): string {
  return join(inject("bundles"), `${program}.cjs`);
}

interface NodesOptions {
  readonly base?: string;
  /** Where they may be, counted from 1. */
  readonly availabilityDomains?: readonly number[];
}

interface StartOptions {
  readonly settings?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Servers {
  readonly api: ApiServer;
  readonly principal?: Principal;
  readonly metadata?: MetadataServer;
}

async function startServers(cloud: Cloud, options: RigOptions): Promise<Servers> {
  const { latency = {}, rateLimits = {} } = options;
  const common = { cloud, clock: systemClock, latency, rateLimits };
  if (options.principal === undefined) return { api: await startApiServer(common) };
  const principal = await createPrincipal(cloud, options.principal);
  const { federation, instance } = principal;
  const servers = await startPrincipalServers({ ...common, federation, caller: () => instance });
  return { ...servers, principal };
}

/** The real bundles and the real SDK against the sandbox's API on loopback; only Slurm is a script. */
export class Rig {
  readonly directory: string;
  readonly region: RegionDescription;
  readonly cloud: Cloud;
  readonly api: ApiServer;
  readonly principal: Principal | undefined;
  readonly metadata: MetadataServer | undefined;

  private constructor(directory: string, cloud: Cloud, servers: Servers) {
    this.directory = directory;
    this.region = cloud.region;
    this.cloud = cloud;
    this.api = servers.api;
    this.principal = servers.principal;
    this.metadata = servers.metadata;
  }

  static async create(options: RigOptions = {}): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), "citc-contract-"));
    const bare = createRegion({ seed: "contract" });
    const credentials = createCredentials(bare.tenancyOcid);
    const region = { ...bare, apiKeys: [publicHalf(credentials)] };
    const cloud = new Cloud({
      region,
      clock: systemClock,
      settings: { bootMs: 200, ...options.cloud },
    });
    addStrangers(cloud, { nodeNames: options.strangerNames ?? [] });
    const rig = new Rig(directory, cloud, await startServers(cloud, options));
    await writeCredentials(join(directory, "oci"), credentials, region.name);
    await rig.#writeFiles();
    return rig;
  }

  async close(): Promise<void> {
    await this.metadata?.close();
    await this.api.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async #writeFiles(): Promise<void> {
    await mkdir(this.path("bin"));
    await copyFile(join(REPOSITORY, "test/stand-in/scontrol"), this.path("bin/scontrol"));
    await symlink("scontrol", this.path("bin/squeue"));
    await writeFile(this.path("bin/updates"), "");
    await writeFile(this.path("keys"), "ssh-ed25519 AAAA opc@example\n");
    await writeFile(this.path("bootstrap.sh"), "#!/bin/sh\necho hello\n");
    await this.setNodes("vm-a-[0001-0100]", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"]);
  }

  /** The nodes that the cluster has, and the flags that Slurm shows for all of them. */
  async setNodes(
    hostlist: string,
    flags: readonly string[],
    { base = "ALLOCATED", availabilityDomains = [1] }: NodesOptions = {},
  ): Promise<void> {
    const specification = {
      shape: "VM.Standard2.1",
      availabilityDomains: availabilityDomains.map(
        (number) => this.region.availabilityDomains[number - 1],
      ),
    };
    const groups = [{ names: hostlist, specification }];
    const file = { version: 1, generation: "test", clusterId: CLUSTER_ID, groups };
    await writeFile(this.path("nodes.json"), JSON.stringify(file));
    const nodes = this.names(hostlist).map((name) => ({
      name,
      address: name,
      hostname: name,
      state: [base, ...flags],
      reason: "",
      boot_time: { set: true, infinite: false, number: 0 },
    }));
    await writeFile(this.path("bin/nodes.json"), JSON.stringify({ nodes, errors: [] }));
  }

  names(hostlist: string): readonly string[] {
    return namesOf(hostlist);
  }

  async writeSettings(settings: Record<string, unknown> = {}): Promise<string> {
    const file = this.path("startnode.yaml");
    const [subnet] = this.region.subnets;
    const values = {
      region: this.region.name,
      compartment_id: subnet?.compartmentOcid,
      subnet_id: subnet?.ocid,
      ad_root: "Uocm:PHX-AD-",
      cluster_id: CLUSTER_ID,
      mgmt_image_id: this.region.images[0]?.ocid,
      ...(this.metadata === undefined
        ? { auth: "config_file", oci_config: this.path("oci/config") }
        : { auth: "instance_principals", metadata_endpoint: this.metadata.url }),
      endpoint: this.api.url,
      ssh_keys_file: this.path("keys"),
      user_data_file: this.path("bootstrap.sh"),
      log_file: this.path("elastic.log"),
      nodes_file: this.path("nodes.json"),
      slurm_bin_directory: this.path("bin"),
      slurm_conf: this.path("slurm.conf"),
      run_deadline_seconds: 40,
      capacity_file: this.path("capacity.jsonl"),
      ...settings,
    };
    await writeFile(file, stringify(values));
    return file;
  }

  /** Starts a program as Slurm does: without PATH and HOME. */
  async spawn(
    program: string,
    args: readonly string[],
    { settings, env = {} }: StartOptions = {},
  ): Promise<ChildProcess> {
    const config = await this.writeSettings(settings);
    const argv = [bundleOf(program), "--config", config, ...args];
    return spawn(process.execPath, argv, { env, cwd: "/", stdio: "pipe" });
  }

  async run(
    program: string,
    args: readonly string[],
    options: StartOptions = {},
  ): Promise<ProgramResult> {
    return await resultOf(await this.spawn(program, args, options));
  }

  async #updates(): Promise<SlurmUpdate[]> {
    return readUpdates(await readFile(this.path("bin/updates"), "utf8"));
  }

  /** Every update that Slurm was asked for. */
  async updates(): Promise<string[]> {
    return (await this.#updates()).map(({ text }) => text);
  }

  /** NodeAddr by node name, as last reported. */
  async addresses(): Promise<Map<string, string>> {
    return addressesIn(await this.#updates());
  }

  /** Reason by node name, of those that Slurm was told to set DOWN. */
  async downNodes(): Promise<Map<string, string>> {
    return downNodesIn(await this.#updates());
  }

  /** Those that Slurm would call stopnode for. */
  async nodesPoweredDown(): Promise<readonly string[]> {
    return poweredDownIn(await this.#updates());
  }

  /** AdminComment by job id. */
  async jobComments(): Promise<Map<number, string>> {
    return jobCommentsIn(await this.#updates());
  }

  async forgetUpdates(): Promise<void> {
    await writeFile(this.path("bin/updates"), "");
  }

  async log(): Promise<Record<string, unknown>[]> {
    const file = this.path("elastic.log");
    if (!existsSync(file)) return [];
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** How often each operation was called. */
  callCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.api.calls.since(0)) {
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  isOurs({ freeformTags }: CloudInstance): boolean {
    return freeformTags["cluster"] === CLUSTER_ID;
  }

  /** Our cluster's instances that are not TERMINATED or on their way there, by node name. */
  livingNames(): string[] {
    return [...this.cloud.records]
      .map(describeInstance)
      .filter((instance) => this.isOurs(instance))
      .filter(({ lifecycleState }) => !lifecycleState.startsWith("TERMINAT"))
      .map(({ displayName }) => displayName)
      .sort();
  }
}

/** Makes rigs for the tests of a file, and closes each when its test ends. */
export function useRigs(): (options?: RigOptions) => Promise<Rig> {
  const open: Rig[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((rig) => rig.close()));
  });
  return async (options = {}) => {
    const rig = await Rig.create(options);
    open.push(rig);
    return rig;
  };
}
