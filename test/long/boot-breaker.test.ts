import { expect, test } from "vitest";
import { parseCapacityEntry, type CapacityEntry } from "../../nodectl/domain/capacity-entry.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";
import { ApiLog } from "../e2e/api-log.ts";
import { awaitState } from "../e2e/await-state.ts";
import type { Cluster } from "../e2e/cluster.ts";
import { ClusterFixture, nodeNames } from "../e2e/cluster-fixture.ts";
import { LAST_WORDS } from "../e2e/drift.ts";
import { Reconciler } from "../e2e/reconciler.ts";

interface Kind {
  readonly shape: string;
  readonly nodes: readonly string[];
}

const FLEXIBLE: Kind = { shape: "VM.Standard.E4.Flex.1.8", nodes: nodeNames(1, 2, 3) };
const FIXED: Kind = {
  shape: "VM.Standard2.1",
  nodes: ["0001", "0002", "0003"].map((number) => `vm-standard2-1-ad1-${number}`),
};
const FAILURES_MAX = 2;
/** The least that the settings allow. */
const BOOT_LIMIT_SECONDS = 30;
const COOL_DOWN_SECONDS = 60;
/** cred_expire, suspend_timeout and Slurm's looks. */
const ASKED_AGAIN_SECONDS_MAX = 60;

/** A cluster of two kinds of nodes, one of which does not boot. */
class Bench {
  readonly cluster: Cluster;
  readonly reconciler: Reconciler;
  readonly silent: Kind;
  readonly other: Kind;
  private readonly log: ApiLog;

  constructor(cluster: Cluster, silent: Kind, log: ApiLog) {
    this.cluster = cluster;
    this.reconciler = new Reconciler(cluster);
    this.silent = silent;
    this.other = silent === FIXED ? FLEXIBLE : FIXED;
    this.log = log;
  }

  /** A job that takes a node of the shape for itself. */
  submitOn({ shape }: Kind): Promise<string> {
    return this.cluster.submit(["--exclusive", `--constraint=shape=${shape}`, "--wrap=hostname"]);
  }

  /** Launches of the shape that does not boot. */
  async launches(): Promise<readonly (string | null)[]> {
    const names = await this.log.nodesOf("LaunchInstance");
    return names.filter((name) => name !== null && this.silent.nodes.includes(name));
  }

  /** What startnode is told of the image and shape. */
  async entry(): Promise<CapacityEntry | undefined> {
    const text = await this.cluster.output(["cat", "/run/citc/slurm/capacity.jsonl"]);
    return text
      .split("\n")
      .flatMap((line) => parseCapacityEntry(line) ?? [])
      .findLast(({ key }) => key.startsWith("boot ") && key.endsWith(` ${this.silent.shape}`));
  }

  async allBoot(fate: { kind: "node" } | { kind: "hangs"; console: string }): Promise<void> {
    for (const name of this.silent.nodes) await this.cluster.sandbox.setFate(name, fate);
  }
}

async function expectClosed({ cluster, silent }: Bench, jobIds: readonly string[]): Promise<void> {
  const words = `^startnode: the last 2 boots of image …\\w+ failed: ${LAST_WORDS} for ${silent.shape} in PHX-AD-1 \\[next try `;
  await awaitState({
    what: "nodes are DOWN with what the console said last",
    timeoutSeconds: ASKED_AGAIN_SECONDS_MAX,
    observe: () => cluster.nodesOf(silent.nodes),
    isReached: (nodes) =>
      nodes.some(({ base, reason }) => base === "DOWN" && new RegExp(words).test(reason)),
  });
  const query = ["squeue", "--noheader", "--Format=JobID:8,State:10,Reason:40,admin_comment:300"];
  for (const jobId of jobIds) {
    const line = await awaitState({
      what: `job ${jobId} waits and is told`,
      timeoutSeconds: ASKED_AGAIN_SECONDS_MAX,
      observe: () => cluster.output([...query, `--jobs=${jobId}`]),
      isReached: (text) =>
        text.includes("PENDING") && /no machine to be had: the last 2 boots of image/.test(text),
    });
    expect(line).not.toMatch(/held/i);
  }
}

async function breakAndMend(bench: Bench): Promise<void> {
  const { cluster, reconciler, silent, other } = bench;
  await bench.allBoot({ kind: "hangs", console: LAST_WORDS });
  const jobIds = [await bench.submitOn(silent), await bench.submitOn(silent)];
  const [first = "", second = ""] = silent.nodes;
  const replaced = [first, second].map((name) => [name, "silent-boot"] as const);
  await reconciler.passUntil(new Map(replaced), BOOT_LIMIT_SECONDS + ASKED_AGAIN_SECONDS_MAX);
  expect(await bench.entry()).toMatchObject({ kind: "boot" });
  expect(await bench.launches()).toEqual([first, second]);

  await expectClosed(bench, jobIds);
  await cluster.awaitJob(await bench.submitOn(other), "COMPLETED");
  expect(await bench.launches()).toEqual([first, second]);

  await bench.allBoot({ kind: "node" });
  await awaitState({
    what: "one node tries, and the breaker is open again",
    timeoutSeconds: COOL_DOWN_SECONDS + ASKED_AGAIN_SECONDS_MAX,
    observe: async () => {
      await reconciler.pass();
      return bench.entry();
    },
    isReached: (entry) => entry?.kind === "open",
  });
  expect(await bench.launches()).toHaveLength(FAILURES_MAX + 1);
  await awaitState({
    what: "both jobs have run",
    timeoutSeconds: ASKED_AGAIN_SECONDS_MAX,
    observe: async () => {
      await reconciler.pass();
      return Promise.all(jobIds.map((jobId) => cluster.job(jobId)));
    },
    isReached: (jobs) => jobs.every(({ states }) => states.includes("COMPLETED")),
  });
}

const CASES: readonly { release: ReleaseName; silent: Kind }[] = [
  { release: "bookworm", silent: FLEXIBLE },
  { release: "trixie", silent: FIXED },
];

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.for(CASES)(
  "$release: nothing of $silent.shape is launched while its boots fail, until one node's try succeeds",
  async ({ release, silent }) => {
    const moreShapes = { [FIXED.shape]: { 1: 3 } };
    const options = { release, nodeCount: 3, moreShapes, suspendTimeSeconds: 3600 };
    await ClusterFixture.use(
      { ...options, timers: { resume_timeout: 120 } },
      async ({ cluster, sandbox }) => {
        await cluster.configure({
          boot_limit_seconds: BOOT_LIMIT_SECONDS,
          boot_failures_max: FAILURES_MAX,
          boot_cool_down_seconds: COOL_DOWN_SECONDS,
        });
        await breakAndMend(new Bench(cluster, silent, await ApiLog.fromNow(sandbox)));
      },
    );
  },
);
