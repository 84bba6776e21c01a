import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { finish } from "../../../nodectl/commands/finish.ts";
import { withFileLock } from "../../../nodectl/files/file-lock.ts";
import { createFourNodes, createWorld, NODE, reportOf } from "./finish-world.ts";

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

  test("an image that OCI does not know, or that does not run on the shape", async () => {
    const world = createWorld();
    const image = (name: string): string => `ocid1.image.oc1.phx.${name}`;
    world.imageShapes.set(image("intel"), ["VM.Standard2.1"]);
    const outcome = await world.finish(`
VM.Standard2.1: {count: 1, image: ${image("intel")}}
VM.GPU3.1:
  count: 1
  image: ${image("intel")}
VM.Standard.E4.Flex.8.64: {count: 1, image: ${image("gone")}}
`);
    const on = (text: string): unknown => expect.stringContaining(text) as unknown;
    expect(outcome).toMatchObject({
      kind: "invalid",
      problems: [
        { line: 5, key: "VM.GPU3.1: image", message: on("does not run on VM.GPU3.1") },
        { line: 6, key: "VM.Standard.E4.Flex.8.64: image", message: on("no such image") },
      ],
    });
    // Once in each availability domain.
    expect(world.imagesAsked).toHaveLength(4);
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

  test("what Slurm's parser refuses of a node line has its line of limits.yaml", async () => {
    const world = await createFourNodes();
    const limits = "VM.GPU3.1: 1\nVM.Standard2.1:\n  count: {1: 4}\n  slurm_options: {Weight: x}\n";
    const context = {
      ...world.context(),
      checkSlurmConf: (candidate: string) => {
        const line = candidate.split("\n").findIndex((it) => it.includes("Weight=x")) + 1;
        return Promise.resolve({ kind: "invalid", message: "Weight value (x)", line } as const);
      },
    };
    world.write("limits.yaml", limits);
    const { limitsFile } = world;
    const options = { limitsFile, isDryRun: false, isNow: false };
    expect(await finish(context, options)).toEqual({
      kind: "refused",
      message: `Slurm refuses what would be written: Weight value (x) (${limitsFile}:2: look at the slurm_options of VM.Standard2.1)`,
    });
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
      message: expect.stringMatching(
        /files of the generation before are back; slurmctld does not run with them/,
      ) as unknown,
    });
    expect(world.read("slurm/slurm.conf")).toContain("[0001-0004]");
  });

  test("says so when the restart command fails while slurmctld still runs", async () => {
    const world = await createFourNodes();
    const context = {
      ...world.context(),
      restartSlurmctld: () => Promise.reject(new Error("systemctl: not found")),
    };
    world.write("limits.yaml", "VM.Standard2.1: {1: 6}");
    const outcome = await finish(context, {
      limitsFile: world.limitsFile,
      isDryRun: false,
      isNow: false,
    });
    expect(outcome).toMatchObject({
      kind: "rolled-back",
      message: expect.stringMatching(/^systemctl: not found.*slurmctld answers/) as unknown,
    });
    expect(world.read("slurm/slurm.conf")).toContain("[0001-0004]");
    expect(world.slurm.nodes.size).toBe(4);
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
        isNow: false,
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

  test("a drain of ours that comes back out of Slurm's saved state is lifted in the same run", async () => {
    const world = await createFourNodes();
    const flags = ["DRAIN", "POWERED_DOWN"];
    world.slurm.put(`${NODE}4`, "IDLE", flags, "finish: no longer in limits.yaml");
    world.slurm.isUp = false;
    expect(reportOf(await world.finish()).returned).toBe(`${NODE}4`);
    expect(world.slurm.stateOf(`${NODE}4`)).toBe("IDLE+CLOUD+POWERED_DOWN");
  });

  test("two runs at once: one after the other, and both succeed", async () => {
    const world = createWorld("24.11.5");
    world.write("limits.yaml", "VM.Standard2.1: {1: 4}");
    const outcomes = await Promise.all([world.finish(), world.finish()]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["configured", "unchanged"]);
  });

  test("one that waits for another says for which", async () => {
    const world = createWorld("24.11.5");
    const { lockFile } = world.context();
    const lock = { file: lockFile, waitSecondsMax: 0, holder: "a test is running" };
    const waiting = await withFileLock(lock, async () => {
      const outcome = world.finish("VM.Standard2.1: {1: 4}");
      const said = `waiting for another finish (pid ${process.pid}) to end`;
      await expect.poll(() => world.progress, { timeout: 10_000 }).toEqual([said]);
      return { outcome };
    });
    expect((await waiting.outcome).kind).toBe("configured");
  });
});
