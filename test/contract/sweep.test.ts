import { describe, expect, it } from "vitest";
import { useRigs, type RigOptions } from "./rig.ts";
import { OTHER_CLUSTER, SweepWorld } from "./sweep-world.ts";

const createRig = useRigs();
const CLUSTER = "mouse-1a2b3c4d";

async function createWorld(options: RigOptions = {}): Promise<SweepWorld> {
  const cloud = { terminateMs: 300, ...options.cloud };
  return new SweepWorld(await createRig({ ...options, cloud }));
}

describe("npm run sweep", () => {
  it("removes a cluster's instances, boot volumes and images, and nothing of others", async () => {
    const world = await createWorld();
    world.populate(CLUSTER);
    const before = world.remains(OTHER_CLUSTER);
    const result = await world.sweep(CLUSTER);
    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toContain(
      `sweep: cluster ${CLUSTER}: removed 3 instances, 2 boot volumes, 1 image; nothing is left\n`,
    );
    expect(result.stdout).toMatch(/left alone: 1 boot volume that may be of this cluster/);
    expect(world.remains(CLUSTER)).toEqual([]);
    expect(world.remains(OTHER_CLUSTER)).toEqual(before);
    expect(world.harmed()).toEqual([]);
    const removals = { TerminateInstance: 3, DeleteBootVolume: 2, DeleteImage: 1 };
    expect(world.removals()).toEqual(removals);

    expect(await world.sweep(CLUSTER)).toMatchObject({ exitCode: 0 });
    expect(world.removals()).toEqual(removals);
  });

  it("says with --dry-run what it would do, and does nothing", async () => {
    const world = await createWorld();
    world.populate(CLUSTER);
    world.launchManagement(CLUSTER);
    await expect.poll(() => world.remains(CLUSTER)).not.toContain("instance vm-a-0004");
    const plan = await world.sweep(CLUSTER, "--dry-run");
    expect(plan, plan.stderr).toMatchObject({ exitCode: 0 });
    expect(plan.stdout).toMatch(
      /would remove 3 instances, 2 boot volumes, 1 image\n {2}instance vm/,
    );
    expect(plan.stderr).toMatch(/still has its management node/);
    const json = await world.sweep(CLUSTER, "--dry-run", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ clusterId: CLUSTER, kind: "planned" });
    expect(world.removals()).toEqual({});
  });

  it("does nothing while the management node is running, and everything once it is not", async () => {
    const world = await createWorld();
    world.populate(CLUSTER);
    const management = world.launchManagement(CLUSTER);
    const refused = await world.sweep(CLUSTER, "--json");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /management node, which would launch.*\n {2}instance management/,
    );
    expect(JSON.parse(refused.stdout)).toMatchObject({ kind: "launchers-run" });
    expect(world.removals()).toEqual({});
    world.rig.cloud.terminate(management);
    const done = await world.sweep(CLUSTER, "--json");
    expect(done, done.stderr).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({ kind: "swept", clusterId: CLUSTER });
    expect(world.remains(CLUSTER)).toEqual([]);
  });

  it("gets there although OCI throttles, fails and lists too little, page by small page", async () => {
    const world = await createWorld({ cloud: { pageSizeMax: 3, emptyPages: true } });
    world.populate(CLUSTER);
    const { faults } = world.rig.api;
    faults.add({
      operation: "ListInstances",
      ...{ nth: 1, answer: { kind: "short-list", itemCountMax: 0 } },
    });
    for (const [seed, status] of [429, 500, 503].entries()) {
      const answer = { kind: "error", status, code: "X", message: "not now" } as const;
      faults.add({ operation: "*", probability: 0.03, seed, answer });
    }
    faults.add({ operation: "TerminateInstance", nth: 2, answer: { kind: "reset-after" } });
    const result = await world.sweep(CLUSTER);
    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    expect(world.remains(CLUSTER)).toEqual([]);
    expect(world.harmed()).toEqual([]);
  });

  it("finds a node whose launch was on the wire when the management node ended", async () => {
    const world = await createWorld({ cloud: { bootMs: 60_000 } });
    const running = world.sweep(CLUSTER);
    await expect.poll(() => world.rig.callCounts()["ListImages"], { timeout: 30_000 }).toBe(1);
    world.launchNode(CLUSTER, "vm-a-0009");
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(world.remains(CLUSTER)).toEqual([]);
    expect(world.removals()).toEqual({ TerminateInstance: 1 });
  });

  it("fails when OCI refuses, says what is left and why, and succeeds when that is mended", async () => {
    const world = await createWorld();
    world.populate(CLUSTER);
    const answer = { kind: "error", status: 404, code: "NotAuthorizedOrNotFound", message: "no" };
    world.rig.api.faults.add({
      ...{ operation: "TerminateInstance", match: { displayName: "vm-a-0002" } },
      answer: { ...answer, kind: "error" },
    });
    world.rig.api.faults.add({ operation: "DeleteImage", answer: { ...answer, kind: "error" } });
    const refused = await world.sweep(CLUSTER);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/; 1 instance, 1 image LEFT\n/);
    expect(refused.stderr).toMatch(
      /instance vm-a-0002 \(RUNNING\).*404 NotAuthorizedOrNotFound: no/,
    );
    expect(world.remains(CLUSTER)).toEqual([
      ...["instance vm-a-0002", "volume vm-a-0002 (Boot Volume)", "image compute-v1"],
    ]);
    world.rig.api.faults.clear();
    expect(await world.sweep(CLUSTER)).toMatchObject({ exitCode: 0 });
    expect(world.remains(CLUSTER)).toEqual([]);
  });

  it("fails when it may not list, and names profile, region and compartment", async () => {
    const world = await createWorld();
    const elsewhere = "ocid1.compartment.oc1..unknown";
    const result = await world.sweep(CLUSTER, "--compartment", elsewhere);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /^sweep: ListBootVolumes: 404 .*; check profile DEFAULT of .*, --region and --compartment/m,
    );
    const nobody = await world.sweep(CLUSTER, "--profile", "LAB");
    expect(nobody.exitCode).toBe(1);
    expect(nobody.stderr).toMatch(/^sweep: no credentials: .*check profile LAB of /m);
  });
});
