import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFourNodes, createWorld, NAMES, NODE, reportOf } from "./finish-world.ts";

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
        held: "",
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

  test("warns of timers that do not fit startnode's, and does what was asked all the same", async () => {
    const world = await createFourNodes();
    const outcome = await world.finish("VM.Standard2.1: {1: 4}\ncluster: {resume_timeout: 500}");
    expect(outcome.kind).toBe("configured");
    expect(reportOf(outcome).warnings).toEqual([
      expect.stringContaining("startnode ends after 490 s, before resume_timeout of 500 s"),
    ]);
  });

  test.each([
    ["22.05.8", ["restart", "reconfigure"]],
    ["24.11.5", ["reconfigure"]],
  ])("on %s the wait for nodes comes and goes with %j", async (version, calls) => {
    const world = await createFourNodes(version);
    await world.finish("VM.Standard2.1: {1: 4}\ncluster: {wait_for_nodes: false}");
    expect(world.slurm.calls).toEqual(calls);
    expect(world.read("slurm/slurm.conf")).not.toContain("PrologSlurmctld");
    await world.finish("VM.Standard2.1: {1: 4}");
    expect(world.slurm.calls).toEqual([...calls, ...calls]);
    expect(world.read("slurm/slurm.conf")).toContain("PrologSlurmctld=/usr/local/bin/");
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
  test("takes less than a hundred lines", async () => {
    const world = createWorld("24.11.5");
    const shapes = Array.from({ length: 20 }, (_, index) => index + 1).map(
      (ocpus) => `VM.Standard.E4.Flex.${ocpus}.64: 250`,
    );
    await world.finish([...shapes, "VM.Standard2.1: {1: 2500, 2: 2500}"].join("\n"));
    expect(world.slurm.nodes.size).toBe(10_000);
    expect(world.read("slurm/slurm.conf").split("\n").length).toBeLessThan(100);
  });
});
