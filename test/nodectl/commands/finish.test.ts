import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { finish } from "../../../nodectl/commands/finish.ts";
import type { FinishOutcome } from "../../../nodectl/commands/finish-context.ts";
import type { FinishReport } from "../../../nodectl/commands/finish-report.ts";
import { FinishWorld } from "./finish-world.ts";

const worlds: FinishWorld[] = [];

function createWorld(version?: string): FinishWorld {
  const world = new FinishWorld(version);
  worlds.push(world);
  return world;
}

afterEach(() => {
  for (const world of worlds.splice(0)) rmSync(world.root, { recursive: true });
});

function reportOf(outcome: FinishOutcome): FinishReport {
  if (!("report" in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

const NODE = "vm-standard2-1-ad1-000";
const NAMES = "vm-standard2-1-ad1";

/** A cluster of four nodes that is in use. */
async function createFourNodes(version?: string): Promise<FinishWorld> {
  const world = createWorld(version);
  await world.finish("VM.Standard2.1: {1: 4}");
  world.slurm.calls.length = 0;
  return world;
}

describe("finish: the first run", () => {
  test("writes the generation and makes slurmctld know its nodes", async () => {
    const world = createWorld();
    const outcome = await world.finish(
      "VM.Standard2.1: {1: 4}\nVM.Standard.E4.Flex.8.64: 2\nVM.GPU3.1: {2: 1}",
    );
    expect(outcome.kind).toBe("configured");
    expect([...world.slurm.nodes.keys()]).toEqual([
      ...[1, 2, 3, 4].map((index) => `${NODE}${index}`),
      "vm-standard-e4-flex-8-64-0001",
      "vm-standard-e4-flex-8-64-0002",
      "vm-gpu3-1-ad2-0001",
    ]);
    expect(world.read("slurm/gres.conf")).toContain("NodeName=vm-gpu3-1-ad2-0001 Name=gpu");
    expect(JSON.parse(world.read("slurm/nodes.json"))).toMatchObject({ clusterId: "tidy-mouse" });
  });

  test("reports each group with its size, names and what is new", async () => {
    const outcome = await createWorld().finish("VM.Standard.E4.Flex.8.64: {2: 3}");
    expect(reportOf(outcome).groups).toEqual([
      {
        shape: "VM.Standard.E4.Flex.8.64",
        availabilityDomain: 2,
        count: 3,
        cpus: "16",
        memoryMib: expect.stringMatching(/^6\d{4}$/) as unknown,
        names: "vm-standard-e4-flex-8-64-ad2-[0001-0003]",
        partitions: ["compute"],
        added: "vm-standard-e4-flex-8-64-ad2-[0001-0003]",
        changed: "",
      },
    ]);
  });

  test("keeps what Ansible had written as the previous generation", async () => {
    const world = await createFourNodes();
    expect(world.read("slurm/previous/slurm.conf")).toContain("# by Ansible");
  });

  test("is refused, with the command to watch, until the machine is set up", async () => {
    const world = createWorld();
    rmSync(join(world.root, "finalised/mgmt"));
    const before = world.snapshot();
    const outcome = await world.finish("VM.Standard2.1: {1: 4}");
    expect(outcome).toMatchObject({
      kind: "not-ready",
      message: expect.stringContaining("sudo tail -f /root/ansible-pull.log") as unknown,
    });
    expect(world.snapshot()).toEqual(before);
  });

  test("takes the whole host name for the marker as well as the short one", async () => {
    const world = createWorld();
    rmSync(join(world.root, "finalised/mgmt"));
    world.write("finalised/mgmt.subnet.vcn.oraclevcn.com", "");
    expect((await world.finish("VM.Standard2.1: {1: 1}")).kind).toBe("configured");
  });
});

describe("finish: a second run", () => {
  test("changes nothing, tells nobody and says so", async () => {
    const world = await createFourNodes();
    const before = world.snapshot();
    expect((await world.finish()).kind).toBe("unchanged");
    expect(world.snapshot()).toEqual(before);
    expect(world.slurm.calls).toEqual([]);
  });

  test("adds nodes by a restart and a reconfigure up to 23.02, so that no reconfigure ends slurmctld", async () => {
    const world = await createFourNodes("23.02.7");
    const outcome = await world.finish("VM.Standard2.1: {1: 6}");
    expect(world.slurm.calls).toEqual(["restart", "reconfigure"]);
    expect(reportOf(outcome).groups[0]).toMatchObject({ added: `${NAMES}-[0005-0006]` });
  });

  test("adds nodes by a reconfigure alone from 23.11 on", async () => {
    const world = await createFourNodes("23.11.4");
    await world.finish("VM.Standard2.1: {1: 6}");
    expect(world.slurm.calls).toEqual(["reconfigure"]);
    expect(world.slurm.nodes.size).toBe(6);
  });

  test("changes a timer without a restart on every version", async () => {
    const world = await createFourNodes("22.05.8");
    await world.finish("VM.Standard2.1: {1: 4}\ncluster: {suspend_time: 60}");
    expect(world.slurm.calls).toEqual(["reconfigure"]);
    expect(world.read("slurm/slurm.conf")).toContain("SuspendTime=60");
  });

  test("names the nodes that are launched otherwise than before", async () => {
    const world = await createFourNodes();
    const outcome = await world.finish(
      "VM.Standard2.1: {count: {1: 4}, boot_volume: 200, features: [big]}",
    );
    expect(reportOf(outcome).groups[0]).toMatchObject({
      changed: `${NAMES}-[0001-0004]`,
      added: "",
    });
  });
});

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

describe("finish: bad input changes nothing", () => {
  test("all problems of limits.yaml come at once", async () => {
    const world = await createFourNodes();
    const before = world.snapshot();
    const outcome = await world.finish("VM.Standard2.9: 1\nVM.Standard2.1: {7: 2}\n");
    expect(outcome).toMatchObject({ kind: "invalid", problems: [{ line: 1 }, { line: 2 }] });
    expect(world.snapshot()).toEqual(before);
    expect(world.slurm.calls).toEqual([]);
  });

  test("a limits.yaml that is not there", async () => {
    const world = createWorld();
    expect(await world.finish()).toMatchObject({
      kind: "invalid",
      problems: [{ file: world.limitsFile, message: "there is no such file" }],
    });
  });

  test("what Slurm's parser refuses is not written, and no node is drained for it", async () => {
    const world = await createFourNodes();
    const before = world.snapshot();
    world.verdict = { kind: "invalid", message: "unrecognized key: Nonsense" };
    expect(await world.finish("VM.Standard2.1: {1: 2}")).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("unrecognized key: Nonsense") as unknown,
    });
    expect(world.snapshot()).toEqual(before);
    expect(world.slurm.calls).toEqual([]);
  });

  test("a node of slurm.conf that nodes.json does not tell of keeps its line while it is on", async () => {
    const world = await createFourNodes();
    rmSync(join(world.slurmDirectory, "nodes.json"));
    world.slurm.put(`${NODE}4`, "ALLOCATED", []);
    const before = world.read("slurm/slurm.conf");
    expect(await world.finish("VM.Standard2.1: {1: 2}")).toMatchObject({
      kind: "refused",
      message: expect.stringContaining(`on or run jobs: ${NODE}4`) as unknown,
    });
    expect(world.read("slurm/slurm.conf")).toBe(before);
  });

  test("a damaged nodes.json is written anew when the limits know all nodes", async () => {
    const world = await createFourNodes();
    world.write("slurm/nodes.json", "{ half");
    expect((await world.finish()).kind).toBe("configured");
    expect((await world.finish()).kind).toBe("unchanged");
  });
});

describe("finish: slurmctld does not take the generation", () => {
  test.each(["22.05.8", "24.11.5"])("%s: the one before comes back", async (version) => {
    const world = await createFourNodes(version);
    const before = world.snapshot();
    world.slurm.deadlyWord = "deadly";
    const outcome = await world.finish("VM.Standard2.1: {count: {1: 6}, features: [deadly]}");
    expect(outcome).toMatchObject({
      kind: "rolled-back",
      message: expect.stringMatching(/is back and in use/) as unknown,
    });
    expect(world.slurm.isUp).toBe(true);
    expect(world.slurm.nodes.size).toBe(4);
    for (const [name, text] of Object.entries(before)) {
      if (!name.includes("previous")) expect(world.snapshot()[name], name).toBe(text);
    }
  });

  test("after that, the same limits without the fault are taken", async () => {
    const world = await createFourNodes();
    world.slurm.deadlyWord = "deadly";
    await world.finish("VM.Standard2.1: {count: {1: 6}, features: [deadly]}");
    expect((await world.finish("VM.Standard2.1: {1: 6}")).kind).toBe("configured");
    expect(world.slurm.nodes.size).toBe(6);
  });

  test("says so when slurmctld does not come back with the one before either", async () => {
    const world = await createFourNodes();
    world.slurm.deadlyWord = "NodeName";
    const outcome = await world.finish("VM.Standard2.1: {1: 6}");
    expect(outcome).toMatchObject({
      kind: "rolled-back",
      message: expect.stringMatching(/does not run with them either/) as unknown,
    });
    expect(world.read("slurm/slurm.conf")).toContain("[0001-0004]");
  });
});

describe("finish: killed in the middle", () => {
  test("after the files, before slurmctld was told: the next run tells it", async () => {
    const world = await createFourNodes();
    const killed = {
      ...world.context(),
      restartSlurmctld: () => new Promise<void>(() => undefined),
    };
    world.write("limits.yaml", "VM.Standard2.1: {1: 6}");
    // Never answers: what stands on disk is what a killed run leaves.
    void finish(
      { ...killed, lockFile: join(world.root, "other.lock") },
      {
        limitsFile: world.limitsFile,
        isDryRun: false,
      },
    );
    await expect.poll(() => world.read("slurm/slurm.conf")).toContain("[0001-0006]");
    expect(world.slurm.nodes.size).toBe(4);
    expect((await world.finish()).kind).toBe("configured");
    expect(world.slurm.calls).toEqual(["restart", "reconfigure"]);
    expect(world.slurm.nodes.size).toBe(6);
  });

  test("a timer that was written and not told is told by the next run", async () => {
    const world = await createFourNodes("24.11.5");
    rmSync(join(world.slurmDirectory, ".generation-in-use"));
    expect((await world.finish()).kind).toBe("configured");
    expect(world.slurm.calls).toEqual(["reconfigure"]);
  });

  test("slurmctld is dead: it is restarted with the new files, and nothing is dropped unseen", async () => {
    const world = await createFourNodes();
    world.slurm.isUp = false;
    const outcome = await world.finish("VM.Standard2.1: {1: 3}");
    expect(reportOf(outcome).retiring).toEqual([{ because: "is not known", names: `${NODE}4` }]);
    expect(world.slurm.calls).toEqual(["restart", "reconfigure"]);
    expect(world.slurm.nodes.size).toBe(4);
  });

  test("two runs at once: one after the other, and both succeed", async () => {
    const world = createWorld("24.11.5");
    world.write("limits.yaml", "VM.Standard2.1: {1: 4}");
    const outcomes = await Promise.all([world.finish(), world.finish()]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["configured", "unchanged"]);
  });
});

describe("finish --dry-run", () => {
  test("shows a diff and what would become of the nodes, and changes nothing", async () => {
    const world = await createFourNodes();
    world.slurm.put(`${NODE}3`, "MIXED", []);
    const before = world.snapshot();
    const outcome = await world.finish("VM.Standard2.1: {1: 2}", true);
    expect(outcome).toMatchObject({
      kind: "planned",
      report: {
        drained: `${NAMES}-[0003-0004]`,
        retiring: [{ because: "runs a job", names: `${NODE}3` }],
        dropped: `${NODE}4`,
      },
      diff: expect.stringMatching(
        /^-NodeName=.*\[0001-0004\] .*\n\+NodeName=.*\[0001-0002\] /m,
      ) as unknown,
    });
    expect(world.snapshot()).toEqual(before);
    expect(world.slurm.calls).toEqual([]);
    expect(existsSync(join(world.root, "finish.lock"))).toBe(true);
  });

  test("needs no lock, so that it works while another finish runs", async () => {
    const world = createWorld();
    mkdirSync(join(world.root, "finish.lock"));
    expect((await world.finish("VM.Standard2.1: {1: 2}", true)).kind).toBe("planned");
  });
});

describe("finish with ten thousand nodes", () => {
  test("takes less than a second of its own work and less than a hundred lines", async () => {
    const world = createWorld("24.11.5");
    const shapes = Array.from({ length: 20 }, (_, index) => index + 1).map(
      (ocpus) => `VM.Standard.E4.Flex.${ocpus}.64: 250`,
    );
    const startMs = performance.now();
    await world.finish([...shapes, "VM.Standard2.1: {1: 2500, 2: 2500}"].join("\n"));
    const durationMs = performance.now() - startMs;
    expect(world.slurm.nodes.size).toBe(10_000);
    expect(world.read("slurm/slurm.conf").split("\n").length).toBeLessThan(100);
    expect(durationMs, `${durationMs} ms`).toBeLessThan(1_000);
  });
});
