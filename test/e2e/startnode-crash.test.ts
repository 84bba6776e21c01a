import { expect, test } from "vitest";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { ApiLog } from "./api-log.ts";
import { awaitState } from "./await-state.ts";
import { sortedLines, type Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { isUp } from "./slurm-words.ts";

const NAMES = nodeNames(1, 2, 3);
/** OCI launches the first and says so. */
const ANSWERED = nodeName(1);
/** OCI launches the second, and startnode does not live to hear of it. */
const UNANSWERED = nodeName(2);
/** OCI never gets to the third. */
const LOST = nodeName(3);

async function stopHalfWay(sandbox: Sandbox): Promise<void> {
  await sandbox.addFault({
    operation: "LaunchInstance",
    match: { displayName: UNANSWERED },
    answer: { kind: "delay", delayMs: 60_000 },
  });
  await sandbox.addFault({
    operation: "LaunchInstance",
    match: { displayName: LOST },
    answer: { kind: "hang" },
  });
}

async function killHalfWay(cluster: Cluster, log: ApiLog): Promise<void> {
  await awaitState({
    what: "the first launch is answered and the others are under way",
    timeoutSeconds: 20,
    observe: async () => (await log.of("LaunchInstance")).map(({ status }) => status),
    isReached: (statuses) => statuses.length === NAMES.length && statuses.includes(200),
  });
  expect(await cluster.sandbox.kill(cluster.management, "startnode")).toBe(true);
  const left = (await cluster.living()).map(({ displayName }) => displayName);
  expect(left.toSorted()).toEqual([ANSWERED, UNANSWERED]);
}

async function runAgain(cluster: Cluster): Promise<void> {
  await cluster.sandbox.clearFaults();
  await cluster.output(["startnode", NAMES.join(",")]);
}

async function expectOneInstanceEach(cluster: Cluster, log: ApiLog): Promise<void> {
  const living = await cluster.living();
  expect(living.map(({ displayName }) => displayName).toSorted()).toEqual(NAMES);
  const addresses = new Map(living.map((it) => [it.displayName, it.privateIp]));
  const nodes = (await cluster.nodes()).filter(isUp);
  expect(nodes.map(({ name, address }) => [name, address])).toEqual(
    NAMES.map((name) => [name, addresses.get(name)]),
  );
  expect((await cluster.instances()).length).toBe(NAMES.length);
  expect(await log.of("TerminateInstance")).toEqual([]);
}

/** Two worlds: OCI's list shows what was launched at once, or only after the second run has asked for it. */
test.concurrent.for([
  { sees: "adopts what the list shows", listDelayMs: 0, repeated: [LOST] },
  { sees: "gets what the list hides", listDelayMs: 20_000, repeated: NAMES },
] as const)(
  "startnode killed half way and run again by hand $sees: one instance a node",
  async ({ listDelayMs, repeated }) => {
    const cloud = { listDelayMs };
    await ClusterFixture.use(
      { nodeCount: 3, suspendTimeSeconds: 3600, cloud },
      async ({ cluster, sandbox }) => {
        const log = await ApiLog.fromNow(sandbox);
        await stopHalfWay(sandbox);
        const running = cluster.run(["--nodes=3", "hostname"]);
        await killHalfWay(cluster, log);
        await runAgain(cluster);
        const { exitCode, stdout, stderr } = await running;
        expect(exitCode, stderr).toBe(0);
        expect(sortedLines(stdout)).toEqual(NAMES);
        await expectOneInstanceEach(cluster, log);
        expect(await log.nodesOf("LaunchInstance")).toEqual([...NAMES, ...repeated].toSorted());
        const tokens = (await log.of("LaunchInstance")).map(({ retryToken }) => retryToken);
        expect(new Set(tokens).size).toBe(NAMES.length);
      },
    );
  },
);
