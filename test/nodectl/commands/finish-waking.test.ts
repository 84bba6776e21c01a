import { describe, expect, test } from "vitest";
import { describeJobs, jobsAtRisk } from "../../../nodectl/commands/await-waking-jobs.ts";
import type { ConfiguringJob } from "../../../nodectl/slurm/control.ts";
import { createFourNodes, NODE, reportOf } from "./finish-world.ts";

const WIDE: ConfiguringJob = { id: "12", user: "alice", nodeCount: 2, isBatch: true };
const SRUN: ConfiguringJob = { id: "13_4", user: "bob", nodeCount: 1, isBatch: false };
const NARROW: ConfiguringJob = { id: "14", user: "eve", nodeCount: 1, isBatch: true };
const FIVE = "VM.Standard2.1: {1: 5}";
const THREE = "VM.Standard2.1: {1: 3}";

describe("jobsAtRisk()", () => {
  test("are batch jobs of several nodes, and whatever an srun waits for", () => {
    expect(jobsAtRisk([WIDE, NARROW, SRUN])).toEqual([WIDE, SRUN]);
  });

  test("are described with their users and sizes, the first ten of them", () => {
    expect(describeJobs([WIDE, SRUN])).toBe("12 (alice, 2 nodes), 13_4 (bob, 1 node)");
    expect(describeJobs(Array.from({ length: 12 }, () => SRUN))).toMatch(/, and 2 more$/);
  });
});

describe("finish that restarts slurmctld while jobs' nodes are waking", () => {
  test("waits for them, says so once, and looks again: a node that was off is on now", async () => {
    const world = await createFourNodes("22.05.8");
    let polls = 0;
    world.slurm.configuring = () => {
      if (++polls < 4) return [WIDE];
      world.slurm.put(`${NODE}4`, "ALLOCATED", []);
      return [];
    };
    const outcome = await world.finish(THREE);
    const said = world.progress.filter((line) => line.includes("waiting up to 120 s"));
    expect(said).toEqual([expect.stringContaining("12 (alice, 2 nodes)")]);
    expect(reportOf(outcome)).toMatchObject({
      retiring: [{ because: "runs a job", names: `${NODE}4` }],
      warnings: [],
    });
  });

  test("refuses after two minutes, names the jobs and what to do, and has changed nothing", async () => {
    const world = await createFourNodes("23.02.7");
    const before = world.snapshot();
    world.slurm.configuring = () => [WIDE, NARROW];
    const outcome = await world.finish(THREE);
    expect(outcome).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(
        /: 12 \(alice, 2 nodes\)\.\n.*squeue --states=CONFIGURING.*\n.*finish --now/,
      ) as unknown,
    });
    expect(world.context().clock.now()).toBe(120_000);
    expect(world.slurm.calls).toEqual([]);
    expect(world.snapshot()).toEqual(before);
  });

  test("--now does not wait, and warns of the jobs that it may have harmed", async () => {
    const world = await createFourNodes("22.05.8");
    world.slurm.configuring = () => [WIDE];
    const outcome = await world.finish(FIVE, false, true);
    expect(outcome.kind).toBe("configured");
    expect(world.context().clock.now()).toBe(0);
    expect(reportOf(outcome).warnings).toEqual([expect.stringContaining("12 (alice, 2 nodes)")]);
  });

  test("--dry-run does not wait, and warns", async () => {
    const world = await createFourNodes("22.05.8");
    world.slurm.configuring = () => [SRUN];
    const outcome = await world.finish(FIVE, true);
    expect(outcome.kind).toBe("planned");
    expect(reportOf(outcome).warnings).toEqual([expect.stringContaining("13_4 (bob, 1 node)")]);
  });

  test.each([
    ["batch jobs of one node", "22.05.8", FIVE, [NARROW]],
    [
      "no restart, because only a timer changes",
      "22.05.8",
      "VM.Standard2.1: {1: 4}\ncluster: {suspend_time: 60}",
      [WIDE],
    ],
    ["no restart, because Slurm adds nodes by a reconfigure", "23.11.4", FIVE, [WIDE]],
    ["nothing to do", "22.05.8", "VM.Standard2.1: {1: 4}", [WIDE]],
  ])("does not wait: %s", async (_, version, limits, jobs) => {
    const world = await createFourNodes(version);
    world.slurm.configuring = () => jobs;
    const outcome = await world.finish(limits);
    expect(reportOf(outcome).warnings).toEqual([]);
    expect(world.context().clock.now()).toBe(0);
  });

  test("a slurmctld that is dead is restarted at once", async () => {
    const world = await createFourNodes("22.05.8");
    world.slurm.configuring = () => [WIDE];
    world.slurm.isUp = false;
    expect((await world.finish(FIVE)).kind).toBe("configured");
  });
});
