import { describe, expect, test } from "vitest";
import { createFourNodes, createWorld, NAMES, NODE, reportOf } from "./finish-world.ts";

describe("finish: nodes that leave the limits", () => {
  const TWO = "VM.Standard2.1: {1: 2}";

  test("drains them, and drops those that are off at once", async () => {
    const world = await createFourNodes();
    const outcome = await world.finish(TWO);
    expect(world.slurm.calls).toEqual([`drain ${NODE}3,${NODE}4`, "restart", "reconfigure"]);
    expect(reportOf(outcome)).toMatchObject({ dropped: `${NAMES}-[0003-0004]`, retiring: [] });
    expect(world.slurm.stateOf(`${NODE}3`)).toBe("unknown");
    expect(world.read("slurm/nodes.json")).not.toContain("0004");
  });

  test("keeps the line of a node with a running job, and says why", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}3`, "MIXED", []);
    const outcome = await world.finish(TWO);
    expect(reportOf(outcome)).toMatchObject({
      drained: `${NAMES}-[0003-0004]`,
      retiring: [{ because: "runs a job", names: `${NODE}3` }],
      dropped: `${NODE}4`,
    });
    expect(world.slurm.stateOf(`${NODE}3`)).toBe("MIXED+CLOUD+DRAIN");
    expect(world.read("slurm/slurm.conf")).toMatch(
      new RegExp(`^NodeName=${NODE}3 .*RealMemory=`, "m"),
    );
  });

  test("keeps the line of a job that started between the look and the drain", async () => {
    const world = await createFourNodes();
    world.slurm.afterDrain = () => {
      world.slurm.put(`${NODE}4`, "ALLOCATED", ["DRAIN", "POWERING_UP"]);
    };
    const outcome = await world.finish(TWO);
    expect(reportOf(outcome).retiring).toEqual([{ because: "is waking", names: `${NODE}4` }]);
    expect(world.slurm.stateOf(`${NODE}4`)).not.toBe("unknown");
  });

  test("does not drain a node that wakes for a job: that would requeue the job", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}4`, "ALLOCATED", ["POWERING_UP", "NOT_RESPONDING"]);
    await world.finish(TWO);
    expect(world.slurm.calls[0]).toBe(`drain ${NODE}3`);
    expect(world.slurm.stateOf(`${NODE}4`)).toBe("ALLOCATED+CLOUD+POWERING_UP+NOT_RESPONDING");
  });

  test.each([
    ["IDLE", [], "is on"],
    ["IDLE", ["POWERING_DOWN"], "is powering down"],
    ["IDLE", ["POWER_DOWN"], "is powering down"],
    ["IDLE", ["COMPLETING"], "runs a job"],
    ["ALLOCATED", ["POWERED_DOWN"], "runs a job"],
    ["IDLE", ["POWERING_UP"], "is waking"],
    ["DOWN", ["NOT_RESPONDING"], "is on"],
  ])("keeps the line of a node that is %s %j", async (base, flags, because) => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}4`, base, flags);
    expect(reportOf(await world.finish(TWO)).retiring).toEqual([{ because, names: `${NODE}4` }]);
  });

  test("a later run drops the line when the node is down, and then there is nothing left to do", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}4`, "MIXED", []);
    await world.finish(TWO);
    expect((await world.finish()).kind).toBe("unchanged");
    world.slurm.put(`${NODE}4`, "IDLE", ["POWERED_DOWN"]);
    expect(reportOf(await world.finish())).toMatchObject({ dropped: `${NODE}4`, retiring: [] });
    expect((await world.finish()).kind).toBe("unchanged");
  });

  test("a node that is back in the limits returns to service", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}4`, "MIXED", []);
    await world.finish(TWO);
    world.slurm.calls.length = 0;
    const outcome = await world.finish("VM.Standard2.1: {1: 4}");
    expect(world.slurm.calls.at(-1)).toBe(`return ${NODE}4`);
    expect(reportOf(outcome)).toMatchObject({ returned: `${NODE}4`, retiring: [] });
    expect(world.slurm.stateOf(`${NODE}4`)).toBe("MIXED+CLOUD");
  });

  test("a drain or a DOWN of somebody else is left alone", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}1`, "IDLE", ["DRAIN"], "disk is failing");
    world.slurm.put(`${NODE}2`, "DOWN", ["POWERED_DOWN"], "startnode: no capacity");
    expect((await world.finish()).kind).toBe("unchanged");
    expect(world.slurm.calls).toEqual([]);
  });

  test("a partition that the limits no longer name stays for a job that runs in it", async () => {
    const world = createWorld();
    await world.finish("VM.Standard2.1: {1: 1}\nVM.GPU3.1: {count: 1, partition: gpu}");
    world.slurm.put("vm-gpu3-1-0001", "ALLOCATED", []);
    await world.finish("VM.Standard2.1: {1: 1}");
    expect(world.read("slurm/slurm.conf")).toMatch(/^PartitionName=gpu Nodes=vm-gpu3-1-0001/m);
    expect(world.read("slurm/gres.conf")).toContain("vm-gpu3-1-0001");
  });
});

describe("finish: nodes that change while they are on", () => {
  const WITH_CORES = "VM.Standard2.1: {count: {1: 4}, slurm_options: {ThreadsPerCore: 1}}";

  test("keep their line until they are off, because other cores end their jobs", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}2`, "MIXED", []);
    const outcome = await world.finish(WITH_CORES);
    expect(reportOf(outcome).groups[0]).toMatchObject({
      changed: `${NAMES}-[0001,0003-0004]`,
      held: `${NODE}2`,
    });
    const conf = world.read("slurm/slurm.conf");
    expect(conf).toMatch(new RegExp(`^NodeName=${NODE}2 .*ThreadsPerCore=2`, "m"));
    expect(conf).toMatch(/^NodeName=\S+\[0001,0003-0004\] .*ThreadsPerCore=1/m);
  });

  test("change with a later run that finds them off, and nothing happens before", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}2`, "MIXED", []);
    await world.finish(WITH_CORES);
    expect((await world.finish()).kind).toBe("unchanged");
    world.slurm.put(`${NODE}2`, "IDLE", ["POWERED_DOWN"]);
    expect(reportOf(await world.finish()).groups[0]).toMatchObject({
      changed: `${NODE}2`,
      held: "",
    });
    expect(world.read("slurm/slurm.conf")).not.toContain("ThreadsPerCore=2");
    expect((await world.finish()).kind).toBe("unchanged");
  });

  test("get other features at once, which hurt no job", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}2`, "MIXED", []);
    const outcome = await world.finish("VM.Standard2.1: {count: {1: 4}, features: [big]}");
    expect(reportOf(outcome).groups[0]).toMatchObject({
      changed: `${NAMES}-[0001-0004]`,
      held: "",
    });
  });

  test("all count as on when slurmctld does not answer", async () => {
    const world = await createFourNodes();
    world.slurm.isUp = false;
    expect(reportOf(await world.finish(WITH_CORES)).groups[0]).toMatchObject({
      changed: "",
      held: `${NAMES}-[0001-0004]`,
    });
  });

  test("stay in their partition, and join the new one when they are off", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}2`, "ALLOCATED", []);
    await world.finish("VM.Standard2.1: {count: {1: 4}, partition: other}");
    const conf = world.read("slurm/slurm.conf");
    expect(conf).toMatch(new RegExp(`^PartitionName=compute Nodes=${NODE}2 (?!.*Default)`, "m"));
    expect(conf).toMatch(/^PartitionName=other Nodes=\S+\[0001,0003-0004\] .*Default=YES/m);
  });
});

describe("finish: a partition that the limits no longer name", () => {
  const OTHER = "VM.Standard2.1: {count: {1: 4}, partition: other}";

  test("stays while jobs name it: slurmctld would end them, pending ones too", async () => {
    const world = await createFourNodes();
    world.slurm.jobPartitions.add("compute");
    expect(reportOf(await world.finish(OTHER)).keptPartitions).toEqual(["compute"]);
    expect(world.read("slurm/slurm.conf")).toMatch(/^PartitionName=compute /m);
  });

  test("goes with a later run when its jobs have ended", async () => {
    const world = await createFourNodes();
    world.slurm.jobPartitions.add("compute");
    await world.finish(OTHER);
    expect((await world.finish()).kind).toBe("unchanged");
    world.slurm.jobPartitions.clear();
    expect(reportOf(await world.finish()).keptPartitions).toEqual([]);
    expect(world.read("slurm/slurm.conf")).not.toMatch(/^PartitionName=compute /m);
  });

  test("stays when slurmctld cannot be asked for its jobs", async () => {
    const world = await createFourNodes();
    world.slurm.isUp = false;
    expect(reportOf(await world.finish(OTHER)).keptPartitions).toEqual(["compute"]);
  });
});
