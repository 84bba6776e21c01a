import type { TestContext } from "vitest";
import { stringify } from "yaml";
import type { CloudSettings } from "../sandbox/api/cloud-settings.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";
import { hostArchive } from "../sandbox/host-archive.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { Cluster } from "./cluster.ts";

/** What of limits.yaml a test chooses. */
export interface LimitsOptions {
  /** How many nodes it allows, in the first availability domain unless `counts` says otherwise. */
  readonly nodeCount: number;
  /** By the number of the availability domain, or for any. */
  readonly counts?: number | Readonly<Record<number, number>>;
  /** The usual shape apart. */
  readonly moreShapes?: Readonly<Record<string, Readonly<Record<number, number>>>>;
  readonly suspendTimeSeconds?: number;
  /** In place of the usual ones. */
  readonly timers?: Partial<typeof TIMERS>;
  /** Cluster-wide parameters of slurm.conf. */
  readonly slurmOptions?: Readonly<Record<string, string>>;
}

export interface FixtureOptions extends LimitsOptions {
  readonly release?: ReleaseName;
  readonly clusterIds?: readonly string[];
  readonly cloud?: Partial<CloudSettings>;
  /** The management nodes run citc-reconcile.timer. Default false. */
  readonly hasTimers?: boolean;
  /** Names of instances that are none of the clusters'. */
  readonly strangerNames?: readonly string[];
}

/** What of a test's context is needed here. */
type TestHooks = Pick<TestContext, "onTestFailed">;

/** `npm run build -- --arch host` makes it. */
const SHAPE = "VM.Standard.E4.Flex.1.8";
const NODE_PREFIX = "vm-standard-e4-flex-1-8-ad1-";
/** Short, so that a test is; Slurm looks for idle nodes every 10 s by default. */
export const SUSPEND_TIME_SECONDS = 8;
const TIMERS = { suspend_timeout: 5, resume_timeout: 60, cred_expire: 10 };
const SLURM_OPTIONS = { SlurmctldParameters: "power_save_interval=2" };
const CLOUD = { bootMs: 2500, terminateMs: 2000 };

/** The nth node, counted from 1, of the shape that a fixture's limits.yaml allows. */
export function nodeName(number: number): string {
  return `${NODE_PREFIX}${String(number).padStart(4, "0")}`;
}

export function nodeNames(...numbers: readonly number[]): readonly string[] {
  return numbers.map(nodeName);
}

/** Clusters on which an admin has run finish; the nodes of all have the same names. */
export class ClusterFixture {
  readonly sandbox: Sandbox;
  readonly clusters: readonly Cluster[];

  private constructor(sandbox: Sandbox, clusters: readonly Cluster[]) {
    this.sandbox = sandbox;
    this.clusters = clusters;
  }

  static async start(options: FixtureOptions): Promise<ClusterFixture> {
    const { release = "bookworm", clusterIds = ["clustera"], strangerNames = [] } = options;
    const cloud = { ...CLOUD, ...options.cloud };
    const sandbox = await Sandbox.start({
      release,
      clusterIds,
      archive: hostArchive(),
      cloud,
      strangerNames,
      ...(options.hasTimers !== undefined && { hasTimers: options.hasTimers }),
    });
    try {
      const clusters = clusterIds.map((id) => new Cluster(sandbox, id, release));
      for (const { management } of clusters) {
        const { exitCode, stderr } = await sandbox.finish(limitsOf(options), management);
        if (exitCode !== 0) throw new Error(`finish failed on ${management}: ${stderr}`);
      }
      return new ClusterFixture(sandbox, clusters);
    } catch (error) {
      await sandbox.stop();
      throw error;
    }
  }

  /** The only one, or the first. */
  get cluster(): Cluster {
    const [first] = this.clusters;
    if (first === undefined) throw new Error("a fixture without a cluster");
    return first;
  }

  /** Starts it, hands it over, and stops it; when the use of it fails, its logs say more than the error. */
  static async use(
    options: FixtureOptions,
    body: (own: ClusterFixture) => Promise<void>,
  ): Promise<void> {
    const fixture = await ClusterFixture.start(options);
    try {
      await body(fixture);
    } catch (error) {
      await fixture.showLogs();
      throw error;
    } finally {
      await fixture.stop();
    }
  }

  /** For a test's context: should it fail, the logs say more than its message. */
  showLogsOnFailure({ onTestFailed }: TestHooks): void {
    onTestFailed(() => this.showLogs());
  }

  private async showLogs(): Promise<void> {
    for (const cluster of this.clusters) process.stderr.write(`${await cluster.lastWords()}\n`);
  }

  stop(): Promise<void> {
    return this.sandbox.stop();
  }
}

/** The text of limits.yaml. */
export function limitsOf({
  nodeCount,
  counts = { 1: nodeCount },
  moreShapes = {},
  suspendTimeSeconds = SUSPEND_TIME_SECONDS,
  timers = {},
  slurmOptions = {},
}: LimitsOptions): string {
  return stringify({
    [SHAPE]: counts,
    ...moreShapes,
    cluster: {
      suspend_time: suspendTimeSeconds,
      ...TIMERS,
      ...timers,
      slurm_options: { ...SLURM_OPTIONS, ...slurmOptions },
    },
  });
}
