import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FinishOutcome } from "../../nodectl/commands/finish-context.ts";
import { Admin } from "./admin.ts";
import { ApiLog } from "./api-log.ts";
import { awaitState } from "./await-state.ts";
import { sortedLines, type Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { HeldJob, wakeByHand } from "./held-job.ts";

const NEVER_SECONDS = 3600;
/** Long enough for a whole finish while a node boots. */
const BOOT_MS = 6000;
const RETIRED = "finish: no longer in limits.yaml";

/** What slurmctld says of any configuration in this sandbox. */
const HARMLESS_ERRORS = [
  "Configured MailProg is invalid",
  "pmix",
  "Could not open .* state file",
  "NOTE: Trying backup state save file",
  // The node of the configuration before the first finish.
  'lookup failure for node "unconfigured"',
  "Node unconfigured has vanished from configuration",
  // The sandbox looks whether somebody listens.
  "Zero Bytes were transmitted or received",
].map((pattern) => new RegExp(pattern));

/** `scontrol show config` adds units: "60 sec", "0 nodes/min". */
function readShownConfig(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^(\w+) += (.*?)(?: sec| nodes\/min)?$/gm);
  return new Map([...lines].map(([, key = "", value = ""]) => [key, value]));
}

function readParameters(slurmConf: string): ReadonlyMap<string, string> {
  const lines = slurmConf.matchAll(/^(?!NodeName=|PartitionName=)(\w+)=(.*)$/gm);
  return new Map([...lines].map(([, key = "", value = ""]) => [key, value]));
}

function reportOf(outcome: FinishOutcome): object {
  if (outcome.kind !== "configured") throw new Error(`finish: ${JSON.stringify(outcome)}`);
  const { groups, drained, retiring, dropped, returned } = outcome.report;
  return { added: groups.map(({ added }) => added), drained, retiring, dropped, returned };
}

const UNCHANGED = { added: [""], drained: "", retiring: [], dropped: "", returned: "" };
const range = (first: number, last: number): string =>
  `${nodeName(0).slice(0, -4)}[${[first, last].map((it) => nodeName(it).slice(-4)).join("-")}]`;

describe.concurrent.for(["bookworm", "trixie"] as const)("on %s", (release) => {
  describe.sequential("finish", () => {
    let fixture: ClusterFixture;
    let cluster: Cluster;
    let admin: Admin;
    /** Runs from the first change of the nodes to the last, on a node that always stays. */
    let witness: HeldJob;
    /** Runs on the node that leaves, comes back, and leaves for good. */
    let leaver: HeldJob;
    let log: ApiLog;

    beforeAll(async () => {
      fixture = await ClusterFixture.start({
        release,
        nodeCount: 2,
        suspendTimeSeconds: NEVER_SECONDS,
        cloud: { bootMs: BOOT_MS },
      });
      cluster = fixture.cluster;
      admin = new Admin(cluster);
      log = await ApiLog.fromNow(fixture.sandbox);
    });
    afterAll(() => fixture.stop());
    beforeEach((context) => {
      fixture.showLogsOnFailure(context);
    });

    async function expectNodes(...names: readonly string[]): Promise<void> {
      expect((await cluster.nodes()).map(({ name }) => name)).toEqual(names);
    }

    test("turns power saving on, with parameters that slurmctld shows as they are written", async () => {
      const written = readParameters(await admin.read("slurm.conf"));
      expect(Object.fromEntries(written)).toMatchObject({
        ResumeProgram: "/usr/local/bin/startnode",
        SuspendProgram: "/usr/local/bin/stopnode",
        SuspendTime: `${NEVER_SECONDS}`,
      });
      const shown = readShownConfig(await cluster.output(["scontrol", "show", "config"]));
      expect([...written.keys()].map((key) => [key, shown.get(key)])).toEqual([...written]);
      const lines = await admin.slurmctldLog();
      const errors = lines.filter((line) => /error:|fatal:|power_save module/.test(line));
      expect(errors.filter((line) => !HARMLESS_ERRORS.some((it) => it.test(line)))).toEqual([]);
    });

    test("run again changes no file, tells slurmctld nothing, and says so", async () => {
      const before = await admin.footprint();
      const { exitCode, stdout } = await admin.finish();
      expect(stdout).toContain("Nothing to do: Slurm runs with these limits already.");
      expect(exitCode).toBe(0);
      expect(await admin.footprint()).toEqual(before);
    });

    test("adds nodes while one runs a job and one wakes, and disturbs neither", async () => {
      await wakeByHand(cluster, [nodeName(1)]);
      witness = await HeldJob.start(cluster, nodeName(1));
      const waking = cluster.run([`--nodelist=${nodeName(2)}`, "hostname"]);
      await cluster.awaitNodes(
        "the second node wakes",
        20,
        ({ name, address, flags }) => flags.has("POWERING_UP") && address !== name,
        [nodeName(2)],
      );
      const outcome = await admin.configure({
        nodeCount: 5,
        suspendTimeSeconds: NEVER_SECONDS,
      });
      const [second] = await cluster.nodesOf([nodeName(2)]);
      expect(second?.flags).toContain("POWERING_UP");
      expect(reportOf(outcome)).toEqual({ ...UNCHANGED, added: [range(3, 5)] });
      await expectNodes(...nodeNames(1, 2, 3, 4, 5));
      const { exitCode, stdout, stderr } = await waking;
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: `${nodeName(2)}\n` });
      await witness.expectToRun();
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2));
    });

    test("makes old nodes know new ones, so that one job spans both", async () => {
      await wakeByHand(cluster, nodeNames(3, 4));
      const names = nodeNames(2, 3, 4);
      const result = await cluster.run([`--nodelist=${names.join(",")}`, "hostname"]);
      expect(result.exitCode, result.stderr).toBe(0);
      expect(sortedLines(result.stdout)).toEqual(names);
      await witness.expectToRun();
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4));
    });

    test("keeps nodes that left the limits and are on, drained, and drops those that are off", async () => {
      leaver = await HeldJob.start(cluster, nodeName(4));
      const outcome = await admin.configure({ nodeCount: 2, suspendTimeSeconds: NEVER_SECONDS });
      expect(reportOf(outcome)).toEqual({
        ...UNCHANGED,
        drained: range(3, 5),
        retiring: [
          { because: "is on", names: nodeName(3) },
          { because: "runs a job", names: nodeName(4) },
        ],
        dropped: nodeName(5),
      });
      await expectNodes(...nodeNames(1, 2, 3, 4));
      const states = (await cluster.nodesOf(nodeNames(3, 4))).map(({ base, flags, reason }) => [
        base,
        flags.has("DRAIN"),
        reason,
      ]);
      expect(states).toEqual([
        ["IDLE", true, RETIRED],
        ["ALLOCATED", true, RETIRED],
      ]);
      await leaver.expectToRun();
      await witness.expectToRun();
    });

    test("returns a node to service that comes back into the limits while it is drained", async () => {
      const outcome = await admin.configure({ nodeCount: 4, suspendTimeSeconds: NEVER_SECONDS });
      expect(reportOf(outcome)).toMatchObject({ drained: "", retiring: [], returned: range(3, 4) });
      const nodes = await cluster.nodesOf(nodeNames(3, 4));
      expect(nodes.map(({ flags }) => flags.has("DRAIN"))).toEqual([false, false]);
      const { exitCode, stderr } = await cluster.run([`--nodelist=${nodeName(3)}`, "true"]);
      expect(exitCode, stderr).toBe(0);
      await leaver.expectToRun();
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4));
    });

    test("changes a timer without a restart: idle nodes go, running jobs stay", async () => {
      const before = await admin.slurmctld();
      const outcome = await admin.configure({ nodeCount: 4, suspendTimeSeconds: 5 });
      expect(reportOf(outcome)).toEqual(UNCHANGED);
      expect(await admin.slurmctld()).toEqual({
        ...before,
        reconfigurations: before.reconfigurations + 1,
      });
      const shown = readShownConfig(await cluster.output(["scontrol", "show", "config"]));
      expect(shown.get("SuspendTime")).toBe("5");
      await awaitState({
        what: "the idle nodes are stopped",
        timeoutSeconds: 40,
        observe: () => log.nodesOf("TerminateInstance"),
        isReached: (names) => names.length >= 2,
      });
      expect(await log.nodesOf("TerminateInstance")).toEqual(nodeNames(2, 3));
      await leaver.expectToRun();
      await witness.expectToRun();
    });

    test("lets the job on a node that left run to its end, and drops the node when it is off", async () => {
      await admin.configure({ nodeCount: 2, suspendTimeSeconds: 5 });
      await leaver.end();
      await cluster.awaitNodes(
        "the node that left is off",
        40,
        ({ flags }) => flags.has("POWERED_DOWN"),
        [nodeName(4)],
      );
      const outcome = await admin.configure({ nodeCount: 2, suspendTimeSeconds: 5 });
      expect(reportOf(outcome)).toMatchObject({ retiring: [], dropped: nodeName(4) });
      await expectNodes(...nodeNames(1, 2));
      const living = await cluster.living();
      expect(living.map(({ displayName }) => displayName)).toEqual([nodeName(1)]);
    });

    test("leaves nothing behind in OCI, nor a job that was hurt, after all these changes", async () => {
      await witness.end();
      await awaitState({
        what: "no instance lives",
        timeoutSeconds: 40,
        observe: () => cluster.living(),
        isReached: (living) => living.length === 0,
      });
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4));
      expect(await log.nodesOf("TerminateInstance")).toEqual(nodeNames(1, 2, 3, 4));
    });
  });
});
