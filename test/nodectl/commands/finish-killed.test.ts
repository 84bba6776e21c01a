import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { finish } from "../../../nodectl/commands/finish.ts";
import type { FinishWorld } from "./finish-world.ts";
import { createFourNodes, NAMES, NODE, reportOf } from "./finish-world.ts";

const SMALLER = "VM.Standard2.1: {count: {1: 4}, slurm_options: {RealMemory: 9000}}";
const OTHER = "VM.Standard2.1: {count: {1: 4}, partition: other}";

/** A run that writes its files and ends there: slurmctld is never told. */
async function killBeforeTelling(world: FinishWorld, limits: string): Promise<void> {
  world.write("limits.yaml", limits);
  world.slurm.isDeaf = true;
  // Its lock would be held for ever; a killed run's is free.
  const context = { ...world.context(), lockFile: join(world.root, "killed.lock") };
  void finish(context, { limitsFile: world.limitsFile, isDryRun: false, isNow: false });
  await expect.poll(() => world.slurm.calls).toEqual(["ignored"]);
  world.slurm.isDeaf = false;
}

/** A run that ends after slurmctld has read the files and before that was noted. */
async function killBeforeNoting(world: FinishWorld, limits: string): Promise<void> {
  await world.finish(limits);
  rmSync(join(world.slurmDirectory, ".generation-in-use"));
}

function lineOf(world: FinishWorld, node: string): string | undefined {
  return world
    .read("slurm/slurm.conf")
    .split("\n")
    .find((line) => line.startsWith(`NodeName=${node} `));
}

describe.each(["22.05.8", "24.11.5"])("%s: finish after one that was killed", (version) => {
  test("keeps the line that slurmctld has of a node in use, not the one on disk", async () => {
    const world = await createFourNodes(version);
    await killBeforeTelling(world, SMALLER);
    world.slurm.put(`${NODE}1`, "ALLOCATED", []);
    expect(reportOf(await world.finish()).groups[0]).toMatchObject({
      held: `${NODE}1`,
      changed: `${NAMES}-[0002-0004]`,
    });
    expect(lineOf(world, `${NODE}1`)).not.toContain("RealMemory=9000");
    expect(lineOf(world, `${NAMES}-[0002-0004]`)).toContain("RealMemory=9000");
  });

  test("keeps a node in use in the partition that slurmctld has it in", async () => {
    const world = await createFourNodes(version);
    await killBeforeTelling(world, OTHER);
    world.slurm.put(`${NODE}1`, "ALLOCATED", []);
    await world.finish();
    expect(world.read("slurm/slurm.conf")).toMatch(
      new RegExp(`^PartitionName=compute Nodes=${NODE}1 `, "m"),
    );
  });

  test("changes nothing of a node in use when slurmctld has read the files already", async () => {
    const world = await createFourNodes(version);
    await killBeforeNoting(world, SMALLER);
    world.slurm.put(`${NODE}1`, "ALLOCATED", []);
    expect(reportOf(await world.finish()).groups[0]).toMatchObject({ held: "", changed: "" });
    expect(lineOf(world, `${NAMES}-[0001-0004]`)).toContain("RealMemory=9000");
  });

  test("goes back to what slurmctld runs with when the next generation is not taken", async () => {
    const world = await createFourNodes(version);
    await killBeforeNoting(world, SMALLER);
    world.slurm.deadlyWord = "deadly";
    const outcome = await world.finish("VM.Standard2.1: {count: {1: 4}, features: [deadly]}");
    expect(outcome.kind).toBe("rolled-back");
    expect(lineOf(world, `${NAMES}-[0001-0004]`)).toContain("RealMemory=9000");
  });

  test("believes slurm.conf when nodes.json alone was written", async () => {
    const world = await createFourNodes(version);
    const slurmConf = world.read("slurm/slurm.conf");
    await killBeforeTelling(world, SMALLER);
    world.write("slurm/slurm.conf", slurmConf);
    world.slurm.put(`${NODE}1`, "ALLOCATED", []);
    expect(reportOf(await world.finish()).groups[0]).toMatchObject({ held: `${NODE}1` });
  });

  test("holds every changed node when slurmctld is dead, and knows what was added", async () => {
    const world = await createFourNodes(version);
    await killBeforeTelling(world, "VM.Standard2.1: {1: 6}");
    world.slurm.isUp = false;
    const outcome = await world.finish(SMALLER);
    expect(reportOf(outcome).groups[0]).toMatchObject({ held: `${NAMES}-[0001-0004]` });
    expect(reportOf(outcome).retiring).toEqual([
      { because: "is not known", names: `${NAMES}-[0005-0006]` },
    ]);
  });
});
