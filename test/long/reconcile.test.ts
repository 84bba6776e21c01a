import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { Admin } from "../e2e/admin.ts";
import { ApiLog } from "../e2e/api-log.ts";
import { awaitState } from "../e2e/await-state.ts";
import type { Cluster } from "../e2e/cluster.ts";
import { ClusterFixture, nodeNames } from "../e2e/cluster-fixture.ts";
import { foreignTo } from "../e2e/drift.ts";
import { isUp } from "../e2e/slurm-words.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";

const BESIDE_OTHERS = {
  clusterIds: ["clustera", "clusterb"],
  strangerNames: nodeNames(1, 2, 3),
};
const [POWERLESS = "", MOVED = "", RETIRED = ""] = nodeNames(1, 2, 3);
const WRONG_ADDRESS = "10.0.15.250";
/**
 * slurmctld pings after each third of it, needs up to half a minute to call a node silent, and sets it DOWN at its end: the
 * timer must have a pass of two looks between. With 120 there was none when the phases were against it.
 */
const SLURMD_TIMEOUT_SECONDS = 180;
const HEAL_SECONDS_MAX = 480;
const QUIET_MS = 5 * 60_000;

async function logOf(cluster: Cluster, name: string): Promise<string> {
  const log = join(cluster.sandbox.workDirectory, "clusters", cluster.id, "machines/mgmt/log");
  return readFile(join(log, name), "utf8");
}

/** The rules that reconcile acted on, as its log has them. */
async function rulesActedOn(cluster: Cluster): Promise<readonly string[]> {
  const lines = (await logOf(cluster, "slurm/elastic.log")).trim().split("\n");
  return lines
    .map((line) => JSON.parse(line) as { program: string; event: string; action?: string })
    .filter(({ program, event }) => program === "reconcile" && event === "reconciled nodes")
    .map(({ action = "" }) => action);
}

async function healByTimer({ sandbox, cluster }: ClusterFixture): Promise<void> {
  const foreign = await foreignTo(cluster);
  const names = [POWERLESS, MOVED, RETIRED];
  const words = (name: string): readonly string[] => [`--nodelist=${name}`, "--wrap"];
  const jobId = await cluster.submit([...words(POWERLESS), "sleep 1200"]);
  const shortJobId = await cluster.submit([...words(RETIRED), "sleep 30"]);
  await cluster.update(MOVED, "state=power_up");
  await cluster.awaitNodes("up", 60, isUp, names);
  await cluster.awaitJob(jobId, "RUNNING");
  const [before] = await cluster.nodesOf([MOVED]);
  await new Admin(cluster).configure({
    nodeCount: 2,
    suspendTimeSeconds: 3600,
    slurmOptions: { SlurmdTimeout: String(SLURMD_TIMEOUT_SECONDS) },
  });
  await sandbox.cutPower(`${cluster.id}/${POWERLESS}`);
  await cluster.update(MOVED, `nodeaddr=${WRONG_ADDRESS}`);
  await cluster.awaitJob(shortJobId, "COMPLETED");
  const isBack = (node: SlurmNode): boolean => isUp(node) && node.address === before?.address;
  await cluster.awaitNodes("told its address", HEAL_SECONDS_MAX, isBack, [MOVED]);
  const isClosed = ({ flags }: SlurmNode): boolean =>
    flags.has("POWERED_DOWN") && flags.has("DRAIN");
  await cluster.awaitNodes("off, and closed", HEAL_SECONDS_MAX, isClosed, [RETIRED]);
  const isRequeued = (node: SlurmNode): boolean => isUp(node) && node.base !== "IDLE";
  await cluster.awaitNodes("replaced, with its job", HEAL_SECONDS_MAX, isRequeued, [POWERLESS]);
  const rules = new Set(await rulesActedOn(cluster));
  expect([...rules].toSorted()).toEqual([
    "no-longer-wanted",
    "retired-and-open",
    "silent-machine",
    "wrong-address",
  ]);
  expect((await cluster.living()).map(({ displayName }) => displayName).toSorted()).toEqual([
    POWERLESS,
    MOVED,
  ]);
  await awaitState({
    what: "both sides agree",
    timeoutSeconds: 180,
    observe: async () => (await logOf(cluster, "citc-reconcile.log")).trim().split("\n").at(-1),
    isReached: (line) => line === "All 3 nodes are in order.",
  });
  expect(await foreignTo(cluster)).toEqual(foreign);
}

test.concurrent.each(RELEASE_NAMES)(
  "the timer's passes heal a cluster that nobody looks after, %s",
  async (release) => {
    const options = {
      ...BESIDE_OTHERS,
      release,
      nodeCount: 3,
      suspendTimeSeconds: 3600,
      slurmOptions: { SlurmdTimeout: String(SLURMD_TIMEOUT_SECONDS) },
      hasTimers: true,
    };
    await ClusterFixture.use(options, healByTimer);
  },
);

/** Jobs of one to three nodes, one after the other, with breaks in which nodes go. */
async function keepBusy(cluster: Cluster, endMs: number): Promise<number> {
  let count = 0;
  for (; systemClock.now() < endMs; count += 1) {
    const nodes = 1 + (count % 3);
    await cluster.submit([`--nodes=${nodes}`, "--wrap", `srun sleep ${5 + 7 * (count % 4)}`]);
    await delay(5_000 + 20_000 * (count % 2));
  }
  return count;
}

async function stayQuiet({ sandbox, cluster }: ClusterFixture): Promise<void> {
  const foreign = await foreignTo(cluster);
  const log = await ApiLog.fromNow(sandbox);
  const endMs = systemClock.now() + QUIET_MS;
  const jobCount = await keepBusy(cluster, endMs);
  expect(jobCount).toBeGreaterThan(10);
  expect((await log.of("TerminateInstance")).length).toBeGreaterThan(0);
  expect(await rulesActedOn(cluster)).toEqual([]);
  expect(await foreignTo(cluster)).toEqual(foreign);
  const passes = (await logOf(cluster, "citc-reconcile.log")).trim().split("\n");
  expect(passes.length).toBeGreaterThanOrEqual(4);
  expect(passes.filter((line) => !line.includes("nodes are in order."))).toEqual([]);
}

test.concurrent.each(RELEASE_NAMES)(
  "five busy minutes of a healthy cluster go by without a single action, %s",
  async (release) => {
    const options = {
      ...BESIDE_OTHERS,
      release,
      nodeCount: 6,
      suspendTimeSeconds: 10,
      hasTimers: true,
    };
    await ClusterFixture.use(options, stayQuiet);
  },
);
