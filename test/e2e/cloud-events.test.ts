import { beforeAll, beforeEach, expect, test } from "vitest";
import type { ListedInstance } from "../sandbox/sandbox.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { LAST_WORDS } from "./drift.ts";
import { isUp } from "./slurm-words.ts";

/** What happens to instances and machines without a call of ours, as tests of other programs ask for it. */

const [PREEMPTED = "", STOPPED = "", HANGING = "", SMALL = ""] = nodeNames(1, 2, 3, 4);
const NODE_TAGS = { cluster: "clustera", type: "compute" };

let fixture: ClusterFixture;
let cluster: Cluster;

beforeAll(async () => {
  fixture = await ClusterFixture.start({ nodeCount: 5, suspendTimeSeconds: 600 });
  const { sandbox } = fixture;
  cluster = fixture.cluster;
  await sandbox.checkSizes();
  await sandbox.setFate(HANGING, { kind: "hangs", console: LAST_WORDS });
  await sandbox.setFate(SMALL, { kind: "small", cpus: 1 });
  const names = nodeNames(1, 2, 3, 4).join();
  await cluster.update(names, "state=power_up");
  return () => fixture.stop();
});
beforeEach((context) => {
  fixture.showLogsOnFailure(context);
});

/** The only instance of that name. */
async function instanceOf(name: string): Promise<ListedInstance | undefined> {
  const found = (await cluster.instances()).filter(({ displayName }) => displayName === name);
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

function awaitInstance(name: string, state: string): Promise<ListedInstance> {
  return awaitState({
    what: `the instance of ${name} is ${state}`,
    timeoutSeconds: 30,
    observe: () => instanceOf(name),
    isReached: (instance) => instance?.lifecycleState === state,
  }) as Promise<ListedInstance>;
}

function awaitMachine(name: string, isOn: boolean): Promise<unknown> {
  return awaitState({
    what: `the machine of ${name} is ${isOn ? "on" : "off"}`,
    timeoutSeconds: 30,
    observe: async () => (await fixture.sandbox.machines()).some((one) => one.name === name),
    isReached: (isThere) => isThere === isOn,
  });
}

function awaitConsole(instanceOcid: string, text: string): Promise<string> {
  return awaitState({
    what: `the console says: ${text}`,
    timeoutSeconds: 30,
    observe: () => fixture.sandbox.console(instanceOcid),
    isReached: (console) => console.includes(text),
  });
}

test("a preempted instance is gone, and nobody called", async () => {
  const { instanceOcid } = await awaitInstance(PREEMPTED, "RUNNING");
  await cluster.awaitNodes("the node is up", 30, isUp, [PREEMPTED]);
  const since = (await fixture.sandbox.calls()).at(-1)?.sequence ?? 0;
  await fixture.sandbox.act(instanceOcid, "preempt");
  await awaitInstance(PREEMPTED, "TERMINATED");
  await awaitMachine(PREEMPTED, false);
  const calls = await fixture.sandbox.calls(since);
  expect(calls.filter((call) => call.instanceOcid === instanceOcid)).toEqual([]);
});

test("an instance stopped in the console keeps its address, and boots again", async () => {
  const { instanceOcid, privateIp } = await awaitInstance(STOPPED, "RUNNING");
  await awaitConsole(instanceOcid, "slurmd is up");
  await fixture.sandbox.act(instanceOcid, "stop");
  expect(await awaitInstance(STOPPED, "STOPPED")).toMatchObject({ instanceOcid, privateIp });
  await awaitMachine(STOPPED, false);
  await fixture.sandbox.act(instanceOcid, "start");
  expect(await awaitInstance(STOPPED, "RUNNING")).toMatchObject({ instanceOcid, privateIp });
  await awaitMachine(STOPPED, true);
  const twice = await awaitState({
    what: "the console tells of a second boot",
    timeoutSeconds: 30,
    observe: () => fixture.sandbox.console(instanceOcid),
    isReached: (console) => console.split("slurmd is up").length === 3,
  });
  expect(twice).toContain(`${STOPPED} boots`);
});

test("a machine that hangs at boot says why on its console, and has no slurmd", async () => {
  const { instanceOcid } = await awaitInstance(HANGING, "RUNNING");
  await awaitConsole(instanceOcid, LAST_WORDS);
  const { exitCode } = await fixture.sandbox.exec(HANGING, ["pgrep", "slurmd"]);
  expect(exitCode).toBe(1);
  const [node] = await cluster.nodesOf([HANGING]);
  expect(node?.flags).toContain("POWERING_UP");
});

test("a machine with fewer processors than its node is INVALID_REG and drained", async () => {
  const invalid = ({ flags }: { flags: ReadonlySet<string> }): boolean => flags.has("INVALID_REG");
  const [node] = await cluster.awaitNodes("the node is invalid", 30, invalid, [SMALL]);
  expect(node?.flags).toContain("DRAIN");
  expect(node?.reason).toContain("Low socket*core*thread count");
});

test("an instance made by hand bears a node's tags, in its subnet or in another", async () => {
  const node = nodeName(5);
  const freeformTags = { ...NODE_TAGS, node };
  const byHand = { displayName: node, freeformTags };
  await fixture.sandbox.launchByHand({ ...byHand, subnet: "strangers" });
  await fixture.sandbox.launchByHand({ ...byHand, boots: false });
  const both = await awaitState({
    what: "both namesakes run",
    timeoutSeconds: 30,
    observe: async () => (await cluster.living()).filter(({ displayName }) => displayName === node),
    isReached: (found) => found.every(({ lifecycleState }) => lifecycleState === "RUNNING"),
  });
  expect(both.map(({ subnet }) => subnet.name)).toEqual(["strangers", "clustera"]);
  expect((await fixture.sandbox.machines()).map(({ name }) => name)).not.toContain(node);
});
