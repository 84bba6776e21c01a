import { beforeAll, beforeEach, expect, test } from "vitest";
import { ApiLog } from "./api-log.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { sortedLines } from "./cluster.ts";
import { ClusterFixture, nodeNames } from "./cluster-fixture.ts";
import { isUp } from "./slurm-words.ts";

const HALF_DONE = nodeNames(1, 2, 3);
const ORPHANED = nodeNames(4, 5, 6);
/** Where slurmctld keeps what must outlive it; it writes some seconds after a change. */
const STATE_FILES = ["node_state", "job_state"].map((name) => `/var/lib/slurm/slurmctld/${name}`);
/** Longer than slurmctld takes to save its state and to come back. */
const LATE_ANSWER_MS = 12_000;

let fixture: ClusterFixture;
let cluster: Cluster;

beforeAll(async () => {
  fixture = await ClusterFixture.start({ nodeCount: 6, suspendTimeSeconds: 3600 });
  cluster = fixture.cluster;
  return () => fixture.stop();
});
beforeEach((context) => {
  fixture.showLogsOnFailure(context);
});

async function awaitLaunchCalls(log: ApiLog, names: readonly string[]): Promise<void> {
  await awaitState({
    what: `launches of ${names.join(", ")} are under way`,
    timeoutSeconds: 20,
    observe: () => log.nodesOf("LaunchInstance"),
    isReached: (called) => called.length === names.length,
  });
}

/** Each node has one living instance, which is the machine that Slurm reaches at the node's address. */
async function expectOneInstanceEach(names: readonly string[]): Promise<void> {
  const living = (await cluster.living()).filter((it) => names.includes(it.displayName));
  expect(living.map(({ displayName }) => displayName).toSorted()).toEqual(names);
  const addresses = new Map(living.map((it) => [it.displayName, it.privateIp]));
  const nodes = await cluster.nodesOf(names);
  expect(nodes.filter(isUp).map(({ name, address }) => [name, address])).toEqual(
    names.map((name) => [name, addresses.get(name)]),
  );
}

test("startnode killed half way and run again by hand gives one instance a node", async () => {
  const [first = "", second = "", third = ""] = HALF_DONE;
  const { sandbox } = fixture;
  const log = await ApiLog.fromNow(sandbox);
  // The second is launched without startnode's knowing, the third is not launched.
  await sandbox.addFault({
    operation: "LaunchInstance",
    match: { displayName: second },
    answer: { kind: "delay", delayMs: 60_000 },
  });
  await sandbox.addFault({
    operation: "LaunchInstance",
    match: { displayName: third },
    answer: { kind: "hang" },
  });
  const running = cluster.run(["--nodes=3", "hostname"]);
  await awaitLaunchCalls(log, HALF_DONE);
  expect(await sandbox.kill(cluster.management, "startnode")).toBe(true);
  const left = (await cluster.living()).map(({ displayName }) => displayName);
  expect(left.toSorted()).toEqual([first, second]);
  await sandbox.clearFaults();
  const repeated = await sandbox.exec(cluster.management, ["startnode", HALF_DONE.join(",")]);
  expect(repeated.exitCode, repeated.stderr).toBe(0);
  const { exitCode, stdout, stderr } = await running;
  expect(exitCode, stderr).toBe(0);
  expect(sortedLines(stdout)).toEqual(HALF_DONE);
  await expectOneInstanceEach(HALF_DONE);
  expect(await log.nodesOf("LaunchInstance")).toEqual([first, second, third, third]);
  expect(await log.of("TerminateInstance")).toEqual([]);
});

async function awaitSavedState(): Promise<void> {
  const sinceSeconds = Number(await cluster.output(["date", "+%s"]));
  await awaitState({
    what: "slurmctld has saved its state",
    timeoutSeconds: 20,
    observe: () => cluster.output(["stat", "--format=%Y", ...STATE_FILES]),
    isReached: (times) => times.split("\n").every((time) => Number(time) > sinceSeconds),
  });
}

test("slurmctld killed while nodes are launched comes back to nodes that register, and runs the job", async () => {
  const { sandbox } = fixture;
  const log = await ApiLog.fromNow(sandbox);
  await sandbox.addFault({
    operation: "LaunchInstance",
    answer: { kind: "delay", delayMs: LATE_ANSWER_MS },
  });
  const jobId = await cluster.submit([
    `--nodelist=${ORPHANED.join(",")}`,
    "--wrap",
    "srun hostname",
  ]);
  await awaitLaunchCalls(log, ORPHANED);
  await awaitSavedState();
  expect(await sandbox.kill(cluster.management, "slurmctld -D")).toBe(true);
  const unanswered = (await log.of("LaunchInstance")).filter(
    ({ durationMs }) => durationMs === null,
  );
  expect(unanswered.length).toBe(ORPHANED.length);
  const job = await cluster.awaitJob(jobId, "COMPLETED");
  expect(job).toMatchObject({ nodeNames: ORPHANED, restarts: 0 });
  expect(await cluster.linesOfJob(jobId)).toEqual(ORPHANED);
  await expectOneInstanceEach(ORPHANED);
  expect(await log.nodesOf("LaunchInstance")).toEqual(ORPHANED);
  expect(await log.of("TerminateInstance")).toEqual([]);
});
