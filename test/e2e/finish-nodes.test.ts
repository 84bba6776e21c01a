import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FinishOutcome } from "../../nodectl/commands/finish-context.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
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

/** `scontrol show config` adds units: "60 sec", "0 nodes/min"; 24.11 numbers the prologs: "PrologSlurmctld[0]". */
function readShownConfig(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^(\w+)(?:\[0\])? += (.*?)(?: sec| nodes\/min)?$/gm);
  return new Map([...lines].map(([, key = "", value = ""]) => [key, value]));
}

function readParameters(slurmConf: string): ReadonlyMap<string, string> {
  const lines = slurmConf.matchAll(/^(?!NodeName=|PartitionName=)(\w+)=(.*)$/gm);
  return new Map([...lines].map(([, key = "", value = ""]) => [key, value]));
}

function reportOf(outcome: FinishOutcome) {
  if (outcome.kind !== "configured") throw new Error(`finish: ${JSON.stringify(outcome)}`);
  const { groups, drained, retiring, dropped, returned } = outcome.report;
  return { added: groups.map(({ added }) => added), drained, retiring, dropped, returned };
}

const UNCHANGED = { added: [""], drained: "", retiring: [], dropped: "", returned: "" };
const range = (first: number, last: number): string =>
  `${nodeName(0).slice(0, -4)}[${[first, last].map((it) => nodeName(it).slice(-4)).join("-")}]`;

describe.for(RELEASE_NAMES)("on %s", { concurrent: true }, (release) => {
  describe("finish", { concurrent: false }, () => {
    let fixture: ClusterFixture;
    let cluster: Cluster;
    let admin: Admin;
    /** Runs from the first change of the nodes to the last, on a node that always stays. */
    let witness: HeldJob;
    /** Runs on the node that leaves, comes back, and leaves for good. */
    let leaver: HeldJob;
    /** Batch jobs for which a node wakes, one that stays and one that leaves meanwhile. */
    let early: string;
    let late: string;
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

    async function awaitWaking(node: string): Promise<void> {
      await cluster.awaitNodes(
        `${node} wakes`,
        20,
        ({ name, address, flags }) => flags.has("POWERING_UP") && address !== name,
        [node],
      );
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
      // Not srun: that of 22.05 asks for addresses when its node is up, and a slurmctld that was restarted since has
      // none for it (it runs where node names resolve, as they do on OCI).
      early = await cluster.submit([`--nodelist=${nodeName(2)}`, "--wrap", "srun hostname"]);
      await awaitWaking(nodeName(2));
      const outcome = await admin.configure({
        nodeCount: 6,
        suspendTimeSeconds: NEVER_SECONDS,
      });
      const [second] = await cluster.nodesOf([nodeName(2)]);
      expect(second?.flags).toContain("POWERING_UP");
      expect(reportOf(outcome)).toEqual({ ...UNCHANGED, added: [range(3, 6)] });
      await expectNodes(...nodeNames(1, 2, 3, 4, 5, 6));
      await witness.expectToRun();
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2));
    });

    test("keeps nodes that left the limits and are on, drained, and drops those that are off", async () => {
      await wakeByHand(cluster, nodeNames(3, 4));
      leaver = await HeldJob.start(cluster, nodeName(4));
      late = await cluster.submit([`--nodelist=${nodeName(5)}`, "--wrap", "srun hostname"]);
      await awaitWaking(nodeName(5));
      const outcome = await admin.configure({ nodeCount: 2, suspendTimeSeconds: NEVER_SECONDS });
      expect(reportOf(outcome)).toEqual({
        ...UNCHANGED,
        drained: range(3, 4).replace("]", ",0006]"),
        retiring: [
          { because: "is on", names: nodeName(3) },
          { because: "runs a job", names: nodeName(4) },
          { because: "is waking", names: nodeName(5) },
        ],
        dropped: nodeName(6),
      });
      await expectNodes(...nodeNames(1, 2, 3, 4, 5));
      const states = (await cluster.nodesOf(nodeNames(3, 4, 5))).map(({ base, flags, reason }) => [
        base,
        flags.has("DRAIN"),
        reason,
      ]);
      expect(states).toEqual([
        ["IDLE", true, RETIRED],
        ["ALLOCATED", true, RETIRED],
        // A drain would requeue the job.
        ["ALLOCATED", false, ""],
      ]);
      await leaver.expectToRun();
      await witness.expectToRun();
    });

    test("returns a node to service that comes back into the limits while it is drained", async () => {
      const outcome = await admin.configure({ nodeCount: 4, suspendTimeSeconds: NEVER_SECONDS });
      expect(reportOf(outcome)).toMatchObject({ dropped: "", returned: range(3, 4) });
      const nodes = await cluster.nodesOf(nodeNames(3, 4));
      expect(nodes.map(({ flags }) => flags.has("DRAIN"))).toEqual([false, false]);
      await leaver.expectToRun();
    });

    test("makes old nodes know new ones, so that one job spans both, and lets a node wake", async () => {
      const job = await cluster.awaitJob(early, "COMPLETED");
      expect(job).toMatchObject({ nodeNames: [nodeName(2)], restarts: 0 });
      expect(await cluster.linesOfJob(early)).toEqual([nodeName(2)]);
      const names = nodeNames(2, 3);
      const result = await cluster.run([`--nodelist=${names.join(",")}`, "hostname"]);
      expect(result.exitCode, result.stderr).toBe(0);
      expect(sortedLines(result.stdout)).toEqual(names);
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4, 5));
    });

    test("changes a timer without a restart: idle nodes go, running jobs stay", async () => {
      const before = await admin.slurmctld();
      const outcome = await admin.configure({ nodeCount: 4, suspendTimeSeconds: 5 });
      expect(reportOf(outcome)).toMatchObject({ added: [""], dropped: "", returned: "" });
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
        isReached: (names) => nodeNames(2, 3).every((name) => names.includes(name)),
      });
      await leaver.expectToRun();
      await witness.expectToRun();
    });

    test("lets jobs on nodes that left run to their ends, and drops the nodes when they are off", async () => {
      await admin.configure({ nodeCount: 2, suspendTimeSeconds: 5 });
      const [left] = await cluster.nodesOf([nodeName(4)]);
      expect(left?.flags).toContain("DRAIN");
      await leaver.end();
      const job = await cluster.awaitJob(late, "COMPLETED");
      expect(job).toMatchObject({ nodeNames: [nodeName(5)], restarts: 0 });
      // The fifth may have been off before, and is then no longer there.
      const leaving = nodeNames(4, 5);
      await cluster.awaitNodes(
        "the nodes that left are off",
        40,
        ({ name, flags }) => !leaving.includes(name) || flags.has("POWERED_DOWN"),
      );
      const outcome = await admin.configure({ nodeCount: 2, suspendTimeSeconds: 5 });
      expect(reportOf(outcome)).toMatchObject({ retiring: [] });
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
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4, 5));
      expect(await log.nodesOf("TerminateInstance")).toEqual(nodeNames(1, 2, 3, 4, 5));
    });
  });
});
