import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { finish } from "../../../nodectl/commands/finish.ts";
import type { FinishContext, FinishOutcome } from "../../../nodectl/commands/finish-context.ts";
import type { FinishReport } from "../../../nodectl/commands/finish-report.ts";
import type { Config } from "../../../nodectl/domain/config.ts";
import type { Shape } from "../../../nodectl/domain/shape.ts";
import type { SlurmConfVerdict } from "../../../nodectl/slurm/control.ts";
import { FakeSlurm } from "./fake-slurm.ts";
import { silentLog } from "./silent-log.ts";

const SHAPES: readonly Shape[] = [
  { name: "VM.Standard2.1", ocpus: 1, memoryGib: 15, gpus: 0 },
  { name: "VM.GPU3.1", ocpus: 6, memoryGib: 90, gpus: 1, gpuDescription: "NVIDIA V100" },
  {
    name: "VM.Standard.E4.Flex",
    ocpus: 1,
    memoryGib: 16,
    gpus: 0,
    flexible: {
      ocpusMin: 1,
      ocpusMax: 64,
      memoryGibMin: 1,
      memoryGibMax: 1024,
      memoryGibPerOcpuMin: 1,
      memoryGibPerOcpuMax: 64,
    },
  },
];

const AVAILABILITY_DOMAINS = ["Uocm:TEST-AD-1", "Uocm:TEST-AD-2"];

/** A temporary directory with a cluster's files, a slurmctld in memory, and a region of two availability domains. */
export class FinishWorld {
  readonly root = mkdtempSync(join(tmpdir(), "finish-"));
  readonly slurmDirectory = join(this.root, "slurm");
  readonly limitsFile = join(this.root, "limits.yaml");
  readonly slurm: FakeSlurm;
  readonly progress: string[] = [];
  /** The names of the shapes that an image runs on. */
  readonly imageShapes = new Map<string, readonly string[]>();
  readonly imagesAsked: string[] = [];
  verdict: SlurmConfVerdict = { kind: "valid" };
  #nowMs = 0;

  constructor(version?: string) {
    this.slurm = new FakeSlurm(join(this.slurmDirectory, "slurm.conf"), version);
    mkdirSync(join(this.root, "finalised"));
    mkdirSync(this.slurmDirectory);
    this.write("finalised/mgmt", "");
    this.write("slurm/slurm.conf", "# by Ansible\nNodeName=none State=FUTURE\n");
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.root, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), "utf8");
  }

  /** Every file below the slurm directory and its content. */
  snapshot(): Readonly<Record<string, string>> {
    const names = readdirSync(this.slurmDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(names.sort().map((name) => [name, readFileSync(name, "utf8")]));
  }

  context(): FinishContext {
    return {
      // finish reads only these of the settings.
      config: {
        adRoot: "Uocm:TEST-AD-",
        clusterId: "tidy-mouse",
        slurmDirectory: this.slurmDirectory,
        nodesFile: join(this.slurmDirectory, "nodes.json"),
        finalisedDirectory: join(this.root, "finalised"),
        runDeadlineSeconds: 600,
        assumedLaunchesPerSecond: 100,
        assumedBootSeconds: 300,
      } as Config,
      catalogue: {
        listAvailabilityDomains: () => Promise.resolve(AVAILABILITY_DOMAINS),
        listShapes: () => Promise.resolve(SHAPES),
        listShapesOfImage: (_, ocid) => {
          this.imagesAsked.push(ocid);
          return Promise.resolve(this.imageShapes.get(ocid));
        },
      },
      slurm: this.slurm,
      clock: {
        now: () => this.#nowMs,
        sleep: (durationMs) => {
          this.#nowMs += durationMs;
          return Promise.resolve();
        },
      },
      log: silentLog,
      hostName: "mgmt.subnet.vcn.oraclevcn.com",
      lockFile: join(this.root, "finish.lock"),
      checkSlurmConf: () => Promise.resolve(this.verdict),
      restartSlurmctld: () => this.slurm.restart(),
      progress: (step) => {
        this.progress.push(step);
      },
    };
  }

  async finish(limits?: string, isDryRun = false, isNow = false): Promise<FinishOutcome> {
    if (limits !== undefined) this.write("limits.yaml", limits);
    return finish(this.context(), { limitsFile: this.limitsFile, isDryRun, isNow });
  }
}

/** A cluster that Ansible has set up and that finish has not seen; gone when the test ends. */
export function createWorld(version?: string): FinishWorld {
  const world = new FinishWorld(version);
  // Registered by the test itself: a hook of this module would hold only for the first file of a worker.
  onTestFinished(() => {
    rmSync(world.root, { recursive: true });
  });
  return world;
}

/** A cluster of the four nodes NODE1 to NODE4 that is in use. */
export async function createFourNodes(version?: string): Promise<FinishWorld> {
  const world = createWorld(version);
  await world.finish("VM.Standard2.1: {1: 4}");
  world.slurm.calls.length = 0;
  return world;
}

export function reportOf(outcome: FinishOutcome): FinishReport {
  if (!("report" in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

/** NODE and a digit is a name, NAMES and a bracket a hostlist expression. */
export const NODE = "vm-standard2-1-ad1-000";
export const NAMES = "vm-standard2-1-ad1";
