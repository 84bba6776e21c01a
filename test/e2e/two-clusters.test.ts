import { beforeAll, beforeEach, expect, test } from "vitest";
import type { ListedInstance } from "../sandbox/sandbox.ts";
import { sortedLines, type Cluster } from "./cluster.ts";
import { ClusterFixture, nodeNames } from "./cluster-fixture.ts";
import { isOff } from "./slurm-words.ts";

const NAMES = nodeNames(1, 2, 3);

let fixture: ClusterFixture;
let one: Cluster;
let other: Cluster;

beforeAll(async () => {
  fixture = await ClusterFixture.start({
    clusterIds: ["clustera", "clusterb"],
    nodeCount: NAMES.length,
    strangerNames: NAMES,
    suspendTimeSeconds: 3600,
  });
  [one, other] = fixture.clusters as [Cluster, Cluster];
  return () => fixture.stop();
});
beforeEach((context) => {
  fixture.showLogsOnFailure(context);
});

/** What is not a node of the two clusters, with its state. */
async function describeStrangers(): Promise<readonly string[]> {
  const ours = new Set([one.id, other.id]);
  const all = await fixture.sandbox.instances();
  return all
    .filter(({ freeformTags: { cluster = "", type } }) => !ours.has(cluster) || type !== "compute")
    .map(asText);
}

function asText({ instanceOcid, displayName, lifecycleState }: ListedInstance): string {
  return `${displayName} ${instanceOcid} ${lifecycleState}`;
}

async function runOn(cluster: Cluster): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await cluster.run(["--nodes=3", "hostname"]);
  expect(exitCode, stderr).toBe(0);
  return sortedLines(stdout);
}

async function addressesOf(cluster: Cluster): Promise<readonly string[]> {
  return (await cluster.nodes()).map(({ address }) => address);
}

async function powerDown(cluster: Cluster): Promise<void> {
  await cluster.update(NAMES.join(","), "state=power_down");
  await cluster.awaitNodes(`the nodes of ${cluster.id} are off`, 40, isOff);
  expect(await cluster.living()).toEqual([]);
}

test("two clusters with the same node names in one compartment never touch each other, or strangers", async () => {
  const strangers = await describeStrangers();
  for (const name of NAMES) expect(strangers.join("\n")).toContain(name);
  expect(await Promise.all([runOn(one), runOn(other)])).toEqual([NAMES, NAMES]);
  for (const address of await addressesOf(one)) expect(address).toMatch(/^10\.0\.0\.\d+$/);
  for (const address of await addressesOf(other)) expect(address).toMatch(/^10\.0\.16\.\d+$/);
  const survivors = (await other.living()).map(asText);
  expect(survivors.length).toBe(NAMES.length);
  await powerDown(one);
  expect((await other.living()).map(asText)).toEqual(survivors);
  expect(await runOn(other)).toEqual(NAMES);
  await powerDown(other);
  expect(await describeStrangers()).toEqual(strangers);
});
