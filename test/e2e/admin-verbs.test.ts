import { expect, test } from "vitest";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { wakeByHand } from "./held-job.ts";
import { isOff, isUp } from "./slurm-words.ts";

/** By itself Slurm gives a silent node up after SlurmdTimeout, here 30 s. */
const REQUEUE_SECONDS_MAX = 10;
const OFF_SECONDS_MAX = 40;
const [DEAD, BUSY, OFF] = [nodeName(1), nodeName(2), nodeName(3)];
const EVER = "until false; do sleep 1; done";

async function expectDeadToBeGivenUp(cluster: Cluster): Promise<void> {
  const jobId = await cluster.submit(["--nodelist", DEAD, "--wrap", EVER]);
  await cluster.awaitJob(jobId, "RUNNING");
  const [instance] = await cluster.living();
  await cluster.sandbox.cutPower(DEAD);
  const told = await cluster.citc("nodes", "confirm-dead", "--reason", "no ping", DEAD);
  expect(told).toMatch(/done: given up/);
  expect(told).toMatch(new RegExp(`Jobs that are requeued: ${jobId} \\(alice\\)`));
  await awaitState({
    what: "the job waits again",
    timeoutSeconds: REQUEUE_SECONDS_MAX,
    observe: () => cluster.job(jobId),
    isReached: ({ states, restarts }) => states[0] === "PENDING" && restarts === 1,
  });
  await awaitState({
    what: "its instance is terminated",
    timeoutSeconds: OFF_SECONDS_MAX,
    observe: () => cluster.instances(),
    isReached: (all) =>
      all.some(
        ({ instanceOcid, lifecycleState }) =>
          instanceOcid === instance?.instanceOcid && /^TERMIN/.test(lifecycleState),
      ),
  });
  await cluster.output(["scancel", jobId]);
}

async function expectStopToWait(cluster: Cluster): Promise<void> {
  const wait = "until test -e go-on; do sleep 0.2; done; hostname";
  const jobId = await cluster.submit(["--nodelist", BUSY, "--wrap", wait]);
  await cluster.awaitJob(jobId, "RUNNING");
  const told = await cluster.citc("nodes", "stop", `${BUSY},${OFF}`);
  expect(told).toMatch(/stops when its jobs have ended/);
  expect(told).toMatch(/nothing to do: off already/);
  const command = ["/usr/local/bin/citc", "nodes", "stop", "--now", BUSY];
  const now = await cluster.sandbox.exec("mgmt", command);
  expect(now).toMatchObject({ exitCode: 1 });
  expect(now.stderr).toMatch(/add --yes/);
  expect((await cluster.job(jobId)).states).toEqual(["RUNNING"]);
  await cluster.output(["touch", "go-on"], "alice");
  await cluster.awaitJob(jobId, "COMPLETED");
  await cluster.awaitNodes("off", OFF_SECONDS_MAX, isOff, [BUSY]);
}

async function expectDrainAndReturn(cluster: Cluster): Promise<void> {
  await cluster.citc("nodes", "start", OFF);
  const isWaking = ({ flags }: SlurmNode): boolean => flags.has("POWERING_UP");
  await cluster.awaitNodes("waking", OFF_SECONDS_MAX, isWaking, [OFF]);
  await cluster.citc("nodes", "drain", "--reason", "disk errors", OFF);
  const [drained] = await cluster.nodesOf([OFF]);
  expect([drained?.flags.has("DRAIN"), drained?.reason]).toEqual([true, "disk errors (opc)"]);
  await cluster.citc("nodes", "return", OFF);
  const [returned] = await cluster.nodesOf([OFF]);
  expect(returned?.flags.has("DRAIN")).toBe(false);
}

async function expectLogs(cluster: Cluster): Promise<void> {
  const text = await cluster.citc("logs", DEAD, "--no-console");
  const told = text.split("\n").map((line) => line.slice(20));
  const find = (words: RegExp): number => told.findIndex((line) => words.test(line));
  const story = [
    find(/^ elastic {2}startnode: launched instance/),
    find(/^ elastic {2}citc nodes: changed nodes action=confirm-dead .*no ping/),
    // A startnode that still watches the instance may be the first.
    find(/^ elastic {2}(stopnode|startnode): terminated instance/),
  ];
  expect(story).not.toContain(-1);
  expect(story).toEqual(story.toSorted((a, b) => a - b));
  const other = nodeName(4);
  expect(await cluster.citc("logs", other, "--no-console")).toBe(`No line speaks of ${other}.`);
}

async function expectConsole(cluster: Cluster): Promise<void> {
  await cluster.awaitNodes("up", OFF_SECONDS_MAX, isUp, [OFF]);
  const told = await cluster.citc("logs", OFF, "--json");
  const { lines } = JSON.parse(told) as { lines: readonly { source: string; text: string }[] };
  const sources = new Set(lines.map(({ source }) => source));
  expect([...sources].toSorted()).toEqual(["console", "elastic"]);
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.each(RELEASE_NAMES)("what an admin does with nodes, %s", async (release) => {
  const options = { release, nodeCount: 4, suspendTimeSeconds: 600 };
  await ClusterFixture.use(options, async ({ cluster }) => {
    await wakeByHand(cluster, [DEAD]);
    await expectDeadToBeGivenUp(cluster);
    await wakeByHand(cluster, [BUSY]);
    await expectStopToWait(cluster);
    await expectDrainAndReturn(cluster);
    await expectLogs(cluster);
    await expectConsole(cluster);
  });
});
