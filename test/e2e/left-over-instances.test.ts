import { expect, test } from "vitest";
import { ApiLog } from "./api-log.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { isOff } from "./slurm-words.ts";

const CANCELLED = nodeNames(1, 2);
const SURVIVOR = nodeName(1);

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent("a job cancelled while its nodes boot leaves nothing running", async () => {
  await ClusterFixture.use({ nodeCount: 2 }, async ({ cluster, sandbox }) => {
    const log = await ApiLog.fromNow(sandbox);
    const jobId = await cluster.submit(["--nodes=2", "--wrap", "srun hostname"]);
    await cluster.awaitNodes("waking", 20, ({ flags }) => flags.has("POWERING_UP"), CANCELLED);
    await awaitLiving(cluster, CANCELLED.length);
    await cluster.output(["scancel", jobId], "alice");
    await cluster.awaitJob(jobId, "CANCELLED");
    await cluster.awaitNodes("all nodes are off again", 60, isOff);
    await awaitLiving(cluster, 0);
    expect(await log.nodesOf("LaunchInstance")).toEqual(CANCELLED);
    expect(await log.nodesOf("TerminateInstance")).toEqual(CANCELLED);
  });
});

/** An instance that is RUNNING although Slurm has switched its node off: OCI refused to terminate it. */
async function leaveSurvivor(cluster: Cluster): Promise<string> {
  await cluster.sandbox.addFault({
    operation: "TerminateInstance",
    match: { displayName: SURVIVOR },
    times: 1,
    answer: { kind: "error", status: 400, code: "InvalidParameter", message: "Not today." },
  });
  const log = await ApiLog.fromNow(cluster.sandbox);
  await runOnSurvivor(cluster);
  await cluster.awaitNodes("the node is off", 40, isOff, [SURVIVOR]);
  // Slurm goes by its timer.
  await awaitState({
    what: "OCI has refused",
    timeoutSeconds: 20,
    observe: () => log.of("TerminateInstance"),
    isReached: (calls) => calls.some(({ status }) => status === 400),
  });
  const [survivor, ...others] = await cluster.living();
  expect(others).toEqual([]);
  expect(survivor).toMatchObject({ displayName: SURVIVOR, lifecycleState: "RUNNING" });
  return survivor?.instanceOcid ?? "";
}

async function runOnSurvivor(cluster: Cluster): Promise<void> {
  const { exitCode, stdout, stderr } = await cluster.run([`--nodelist=${SURVIVOR}`, "hostname"]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout.trim()).toBe(SURVIVOR);
}

test.concurrent(
  "an instance that outlived its node's power-down is replaced when the node is woken",
  async () => {
    await ClusterFixture.use({ nodeCount: 1 }, async ({ cluster, sandbox }) => {
      const survivorOcid = await leaveSurvivor(cluster);
      const log = await ApiLog.fromNow(sandbox);
      await runOnSurvivor(cluster);
      const [replacement, ...others] = await cluster.living();
      expect(others).toEqual([]);
      expect(replacement?.instanceOcid).not.toBe(survivorOcid);
      const terminated = await log.of("TerminateInstance");
      expect(terminated.map(({ instanceOcid }) => instanceOcid)).toEqual([survivorOcid]);
      const [node] = await cluster.nodesOf([SURVIVOR]);
      expect(node?.address).toBe(replacement?.privateIp);
    });
  },
);

function awaitLiving(cluster: Cluster, count: number): Promise<unknown> {
  return awaitState({
    what: `${count} instances live`,
    timeoutSeconds: 20,
    observe: () => cluster.living(),
    isReached: (living) => living.length === count,
  });
}
