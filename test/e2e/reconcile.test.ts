import { expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { hasJobs } from "../../nodectl/domain/reconcile/slurm-state.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { ApiLog } from "./api-log.ts";
import { ClusterFixture } from "./cluster-fixture.ts";
import { Drift, foreignTo, FUTURE, LAST_WORDS, NODE, ORPHAN, PERSON } from "./drift.ts";
import { actsOf, verdictOn, type Plan } from "./reconciler.ts";
import { isOff, isUp } from "./slurm-words.ts";

/** Pages of instances that a plan and a pass may ask for, whatever the number of nodes. */
const READS_MAX = 20;

/** A list that lacks everything, and one that OCI refuses: nothing is done, and that is said. */
async function expectNothingWithoutLists({ fixture, reconciler, cluster }: Drift): Promise<void> {
  const { sandbox } = fixture;
  const log = await ApiLog.fromNow(sandbox);
  await sandbox.addFault({
    operation: "ListInstances",
    answer: { kind: "short-list", itemCountMax: 0 },
  });
  const short = await reconciler.pass();
  expect(actsOf(short)).toEqual([]);
  expect(short.doubts?.join()).toContain("came back short");
  await sandbox.clearFaults();
  await sandbox.addFault({
    operation: "ListInstances",
    answer: { kind: "error", status: 400, code: "InvalidParameter", message: "Not today." },
  });
  const { exitCode, stderr } = await reconciler.run();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/citc reconcile: nothing was done: OCI: .*Not today/);
  await sandbox.clearFaults();
  expect(await log.of("TerminateInstance")).toEqual([]);
  expect((await cluster.nodes()).filter(({ reason }) => reason.includes("reconcile:"))).toEqual([]);
}

/** Two at once: one says that it is too much, the other is the pass. */
async function passBesideAnother({ reconciler }: Drift): Promise<Plan> {
  const both = await Promise.all([reconciler.run("--json"), reconciler.run("--json")]);
  const [refused, ...others] = both.filter(({ stderr }) =>
    stderr.includes("another reconcile is running"),
  );
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(others).toEqual([]);
  const done = both.find((result) => result !== refused);
  expect(done).toMatchObject({ exitCode: 0 });
  return JSON.parse(done?.stdout ?? "") as Plan;
}

const EXPECTED_AT_ONCE = {
  terminated: "act lost-machine",
  stopped: "act lost-machine",
  preempted: "act lost-machine",
  inspectedLost: "act lost-while-inspected",
  inspected: "report inspected",
  failing: "act failed-while-waking",
  twice: "act duplicates",
  small: "wait too-small",
  alive: "wait alive-while-off",
  downByPerson: "in order",
  downBySlurm: "act down-by-slurm",
  due: "act next-try-has-come",
  later: "in order",
} as const;

async function expectFirstPass(drift: Drift): Promise<void> {
  const { cluster, reconciler } = drift;
  const log = await ApiLog.fromNow(drift.fixture.sandbox);
  const planned = await reconciler.plan();
  const first = await passBesideAnother(drift);
  for (const [name, verdict] of Object.entries(EXPECTED_AT_ONCE)) {
    expect([name, verdictOn(NODE[name as keyof typeof NODE], first)]).toEqual([name, verdict]);
  }
  expect(verdictOn(ORPHAN, first)).toBe("wait orphan");
  expect(actsOf(first)).toEqual(expect.arrayContaining([...actsOf(planned)]));
  expect((await log.of("ListInstances")).length).toBeLessThan(READS_MAX);
  expect(await drift.livingOf(NODE.twice)).toBe(1);
  const { states, restarts } = await cluster.job(drift.jobOn(NODE.twice));
  expect([states[0], restarts]).toEqual(["RUNNING", 0]);
}

/** Jobs of lost machines run again, on new instances. */
async function expectHealed(drift: Drift): Promise<void> {
  const { cluster } = drift;
  const lost = [NODE.terminated, NODE.stopped, NODE.preempted, NODE.failing, NODE.hanging];
  for (const name of lost) await cluster.awaitJob(drift.jobOn(name), "RUNNING");
  await cluster.awaitNodes("up again", 60, (node) => isUp(node) && hasJobs(node), lost);
  const told = await cluster.output(["scontrol", "show", "job", drift.jobOn(NODE.terminated)]);
  expect(told).toMatch(
    /AdminComment=reconcile: a node of this job was lost: its instance has ended/,
  );
  await cluster.awaitNodes("off", 30, isOff, [NODE.alive, NODE.due, NODE.downBySlurm]);
  expect(await drift.livingOf(NODE.alive)).toBe(0);
  expect(await drift.livingOf(ORPHAN)).toBe(0);
  for (const name of lost) expect(await drift.livingOf(name)).toBe(1);
}

/** What a person has set stays; a machine that is too small is not launched again and again. */
async function expectLeftAlone({ cluster }: Drift): Promise<void> {
  const [inspected, lost, down, later, small] = await cluster.nodesOf([
    NODE.inspected,
    NODE.inspectedLost,
    NODE.downByPerson,
    NODE.later,
    NODE.small,
  ]);
  expect(inspected).toMatchObject({ base: "IDLE", reason: PERSON });
  expect(inspected?.flags).toContain("DRAIN");
  expect(lost).toMatchObject({ base: "DOWN", reason: PERSON });
  expect(down).toMatchObject({ base: "DOWN", reason: PERSON });
  expect(later).toMatchObject({ base: "DOWN", reason: FUTURE });
  expect(small).toMatchObject({ base: "DOWN" });
  expect(small?.reason).toMatch(/^reconcile: it registered with less .*\[next try /);
}

async function expectConsoles({ cluster }: Drift): Promise<void> {
  const directory = "/var/log/slurm/consoles";
  const files = (await cluster.output(["ls", directory])).split("\n");
  const hanging = files.find((file) => file.includes(NODE.hanging));
  expect(hanging).toBeDefined();
  expect(await cluster.output(["cat", `${directory}/${hanging ?? ""}`])).toContain(LAST_WORDS);
}

async function driftAndHeal(fixture: ClusterFixture): Promise<void> {
  const own = new Drift(fixture);
  const { reconciler } = own;
  await own.wake();
  expect(actsOf(await reconciler.pass())).toEqual([]);
  const foreign = await foreignTo(own.cluster);
  await own.breakAll();
  const brokenMs = systemClock.now();
  await expectNothingWithoutLists(own);
  await expectFirstPass(own);
  await fixture.sandbox.setFate(NODE.hanging, { kind: "node" });
  await reconciler.passUntil(
    new Map([
      [NODE.hanging, "silent-boot"],
      [NODE.small, "too-small"],
      [NODE.alive, "alive-while-off"],
      [ORPHAN, "orphan"],
    ]),
    150,
  );
  // Both looks of an orphan lie after its grace of a minute.
  expect(systemClock.now() - brokenMs).toBeLessThan(150_000);
  await expectHealed(own);
  await expectLeftAlone(own);
  await expectConsoles(own);
  expect(await foreignTo(own.cluster)).toEqual(foreign);
  const last = await reconciler.plan();
  expect(actsOf(last)).toEqual([]);
  expect(verdictOn(NODE.inspected, last)).toBe("report inspected");
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.each(RELEASE_NAMES)(
  "what has drifted apart is put together again, %s",
  async (release) => {
    const options = {
      release,
      clusterIds: ["clustera", "clusterb"],
      strangerNames: [NODE.terminated, ORPHAN],
      nodeCount: Object.keys(NODE).length,
      suspendTimeSeconds: 3600,
      timers: { resume_timeout: 240 },
      // As on a real cluster: what is mended within seconds is not Slurm's doing.
      slurmOptions: { SlurmdTimeout: "300" },
    };
    await ClusterFixture.use(options, driftAndHeal);
  },
);
