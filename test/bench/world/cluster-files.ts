import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { oneJobEach, resumeFileText } from "../../stand-in/resume-file.ts";
import { readUpdates, type SlurmUpdate } from "../../stand-in/slurm-updates.ts";
import type { Place } from "./api-process.ts";

const TESTS = join(import.meta.dirname, "../..");
const SAMPLES = join(TESTS, "nodectl/slurm/samples/24.11");

const LOG_TAIL_LENGTH = 4_000;

export const ORPHAN_GRACE_SECONDS = 60;
export const SHAPE = "VM.Standard2.1";
export const CLUSTER_ID = "bench";

/** Nodes as a real slurmctld showed one in that state. */
export interface NodesInState {
  readonly names: readonly string[];
  readonly sample: "powering_up" | "powered_down" | "idle";
  /** Those that Slurm was told; a node without one has its name there. */
  readonly addresses?: ReadonlyMap<string, string>;
}

interface SlurmAnswer {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
}

async function answerOf({ names, sample, addresses }: NodesInState): Promise<SlurmAnswer> {
  const text = await readFile(join(SAMPLES, `${sample}.json`), "utf8");
  const answer = JSON.parse(text) as SlurmAnswer;
  const [record] = answer.nodes;
  const nodes = names.map((name) => {
    const address = addresses?.get(name) ?? name;
    return { ...record, name, address, hostname: name };
  });
  return { ...answer, nodes };
}

/** The files of a management node, in a directory of the bench: settings, nodes.json, and Slurm's stand-in. */
export class ClusterFiles {
  readonly directory: string;
  readonly #place: Place;

  private constructor(directory: string, place: Place) {
    this.directory = directory;
    this.#place = place;
  }

  static async create(directory: string, place: Place): Promise<ClusterFiles> {
    const files = new ClusterFiles(directory, place);
    await mkdir(files.path("bin"), { recursive: true });
    await copyFile(join(TESTS, "stand-in/scontrol"), files.scontrol);
    for (const name of ["squeue", "sinfo"]) await symlink("scontrol", files.path("bin", name));
    await files.makeSlurmDirectory();
    await mkdir(files.path("finalised"));
    await writeFile(files.path("finalised", hostname().split(".")[0] ?? ""), "");
    await writeFile(files.path("keys"), "ssh-ed25519 AAAA opc@example\n");
    await writeFile(files.path("bootstrap.sh"), "#!/bin/sh\necho hello\n");
    await writeFile(files.path("slurm.conf"), `include ${files.path("slurm/slurm.conf")}\n`);
    await writeFile(files.path("bin/updates"), "");
    await writeFile(files.settings, stringify(files.#settings()));
    return files;
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  get scontrol(): string {
    return this.path("bin/scontrol");
  }

  get settings(): string {
    return this.path("startnode.yaml");
  }

  /** Where finish writes. */
  async makeSlurmDirectory(): Promise<void> {
    await mkdir(this.path("slurm"));
  }

  /** What the nodes boot with, from a file of this repository. */
  async setUserData(source: string): Promise<void> {
    await copyFile(join(TESTS, "..", source), this.path("bootstrap.sh"));
  }

  /** The nodes that startnode may be asked for, and their placements; Slurm is waking all of them. */
  async setNodes(hostlist: string, names: readonly string[], adCount: number): Promise<void> {
    const availabilityDomains = this.#place.availabilityDomains.slice(0, adCount);
    const groups = [{ names: hostlist, specification: { shape: SHAPE, availabilityDomains } }];
    const file = { version: 1, generation: "bench", clusterId: CLUSTER_ID, groups };
    await writeFile(this.path("slurm/nodes.json"), JSON.stringify(file));
    await this.setSlurmNodes("nodes.json", { names, sample: "powering_up" });
  }

  /** What `scontrol show nodes --json` says: records as large as those of Slurm 24.11. */
  async setSlurmNodes(
    file: "nodes.json" | "nodes-next.json",
    ...groups: readonly NodesInState[]
  ): Promise<void> {
    const answers = await Promise.all(groups.map(answerOf));
    const nodes = answers.flatMap((answer) => answer.nodes);
    await writeFile(this.path("bin", file), JSON.stringify({ ...answers[0], nodes }, null, 2));
  }

  /** One for each set of nodes: several startnodes may run at once. */
  async writeResumeFile(nodeNames: readonly string[]): Promise<string> {
    const file = this.path(`resume-${nodeNames[0] ?? ""}.json`);
    await writeFile(file, resumeFileText(oneJobEach(nodeNames)));
    return file;
  }

  /** The last words of our programs: what goes on by itself has no stderr. */
  async logTail(): Promise<string> {
    return (await readFile(this.path("elastic.log"), "utf8")).slice(-LOG_TAIL_LENGTH);
  }

  async updates(): Promise<SlurmUpdate[]> {
    return readUpdates(await readFile(this.path("bin/updates"), "utf8"));
  }

  #settings(): Record<string, unknown> {
    const { url, ociConfig, region, compartmentOcid, subnetOcid, imageOcid } = this.#place;
    return {
      region,
      compartment_id: compartmentOcid,
      subnet_id: subnetOcid,
      ad_root: this.#place.availabilityDomains[0]?.replace(/\d+$/, ""),
      cluster_id: CLUSTER_ID,
      mgmt_image_id: imageOcid,
      auth: "config_file",
      oci_config: ociConfig,
      endpoint: url,
      ssh_keys_file: this.path("keys"),
      user_data_file: this.path("bootstrap.sh"),
      log_file: this.path("elastic.log"),
      capacity_file: this.path("capacity.jsonl"),
      reconcile_file: this.path("reconcile.json"),
      metrics_file: this.path("citc.prom"),
      console_directory: this.path("consoles"),
      // The least: the bench waits for it.
      orphan_grace_seconds: ORPHAN_GRACE_SECONDS,
      nodes_file: this.path("slurm/nodes.json"),
      limits_file: this.path("limits.yaml"),
      slurm_directory: this.path("slurm"),
      finalised_directory: this.path("finalised"),
      slurm_bin_directory: this.path("bin"),
      slurm_conf: this.path("slurm.conf"),
    };
  }
}
