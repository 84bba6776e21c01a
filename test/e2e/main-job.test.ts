import { expect, test } from "vitest";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { ApiLog } from "./api-log.ts";
import type { Cluster } from "./cluster.ts";
import { sortedLines } from "./cluster.ts";
import { ClusterFixture, nodeNames, SUSPEND_TIME_SECONDS } from "./cluster-fixture.ts";
import { isOff, isUp, type SlurmJob } from "./slurm-words.ts";

const WOKEN = nodeNames(1, 2, 3);
const ALL = nodeNames(1, 2, 3, 4, 5);
/** Lists: of instances and addresses to start, of instances to stop, and some for a poll too many. */
const LIST_CALLS_MAX = 6;
const IP_ADDRESS = /^10\.0\.0\.\d+$/;

/** What every run asks before its first call; how often, the tests of authentication say. */
const AUTHENTICATION: ReadonlySet<string> = new Set(["GetMetadata", "GetSecurityToken"]);

/** One cycle's launches: which instances, and with which retry tokens. */
interface PowerCycle {
  readonly instanceOcids: readonly string[];
  readonly retryTokens: readonly string[];
  /** When OCI was first asked to terminate one. */
  readonly suspendedMs: number;
}

async function observeWaking(cluster: Cluster): Promise<void> {
  // NodeAddr comes from startnode: slurmd cannot have registered while the node is POWERING_UP.
  const waking = await cluster.awaitNodes(
    "the three nodes are waking and have addresses",
    20,
    ({ flags, address }) => flags.has("POWERING_UP") && IP_ADDRESS.test(address),
    WOKEN,
  );
  const living = await cluster.living();
  expect(living.map(({ displayName }) => displayName).toSorted()).toEqual(WOKEN);
  const addresses = new Map(living.map((it) => [it.displayName, it.privateIp]));
  expect(waking.map(({ address }) => address)).toEqual(WOKEN.map((name) => addresses.get(name)));
}

async function observeEnd(cluster: Cluster, log: ApiLog): Promise<PowerCycle> {
  await cluster.awaitNodes("all nodes are off again", 40, isOff);
  expect(await cluster.living()).toEqual([]);
  expect(await log.nodesOf("LaunchInstance")).toEqual(WOKEN);
  expect(await log.nodesOf("TerminateInstance")).toEqual(WOKEN);
  const calls = (await log.all()).filter(({ operation }) => !AUTHENTICATION.has(operation));
  expect(calls.length).toBeLessThanOrEqual(2 * WOKEN.length + LIST_CALLS_MAX);
  expect(calls.map(({ status }) => status).filter((status) => status !== 200)).toEqual(
    WOKEN.map(() => 204),
  );
  const launches = await log.of("LaunchInstance");
  const terminations = await log.of("TerminateInstance");
  return {
    instanceOcids: launches.map(({ instanceOcid }) => instanceOcid ?? ""),
    retryTokens: launches.map(({ retryToken }) => retryToken ?? ""),
    suspendedMs: Math.min(...terminations.map(({ timeMs }) => timeMs)),
  };
}

async function runBatchJob(cluster: Cluster): Promise<SlurmJob> {
  const jobId = await cluster.submit(["--nodes=3", "--wrap", "srun hostname"]);
  await observeWaking(cluster);
  return await observeJob(cluster, jobId);
}

async function runOnIdleNodes(cluster: Cluster): Promise<SlurmJob> {
  const isIdle = (node: SlurmNode): boolean => isUp(node) && node.base === "IDLE";
  await cluster.awaitNodes("the nodes are idle", 5, isIdle, WOKEN);
  const log = await ApiLog.fromNow(cluster.sandbox);
  const jobId = await cluster.submit(["--nodes=3", "--wrap", "srun hostname"]);
  const job = await observeJob(cluster, jobId);
  // The startnode of the first job may still look whether its instances have power.
  expect((await log.all()).filter(({ operation }) => operation !== "ListInstances")).toEqual([]);
  return job;
}

async function observeJob(cluster: Cluster, jobId: string): Promise<SlurmJob> {
  const job = await cluster.awaitJob(jobId, "COMPLETED");
  expect(job).toMatchObject({ nodeNames: WOKEN, restarts: 0 });
  expect(await cluster.linesOfJob(jobId)).toEqual(WOKEN);
  return job;
}

/** An interactive job in place of a batch job. */
async function runInteractiveJob(cluster: Cluster): Promise<void> {
  const [result] = await Promise.all([
    cluster.run(["--nodes=3", "hostname"]),
    observeWaking(cluster),
  ]);
  expect(result.exitCode, result.stderr).toBe(0);
  expect(sortedLines(result.stdout)).toEqual(WOKEN);
}

test.concurrent.for(RELEASE_NAMES)(
  "%s: a job wakes its nodes, the next finds them idle, they go, and all of it works again",
  async (release) => {
    await ClusterFixture.use({ release, nodeCount: ALL.length }, async ({ cluster, sandbox }) => {
      expect((await cluster.nodes()).map(({ name }) => name)).toEqual(ALL);
      const log = await ApiLog.fromNow(sandbox);
      await runBatchJob(cluster);
      const { endTimeMs } = await runOnIdleNodes(cluster);
      const first = await observeEnd(cluster, log);
      expect(first.suspendedMs - endTimeMs).toBeGreaterThanOrEqual(SUSPEND_TIME_SECONDS * 1000);
      const secondLog = await ApiLog.fromNow(sandbox);
      await runInteractiveJob(cluster);
      const second = await observeEnd(cluster, secondLog);
      expect(new Set([...first.instanceOcids, ...second.instanceOcids]).size).toBe(6);
      expect(new Set([...first.retryTokens, ...second.retryTokens]).size).toBe(6);
    });
  },
);
