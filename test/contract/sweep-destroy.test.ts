import { describe, expect, it } from "vitest";
import { hasTerraform } from "../has-terraform.ts";
import { useRigs } from "./rig.ts";
import { SweepDeployment } from "./sweep-deployment.ts";
import { OTHER_CLUSTER, SweepWorld } from "./sweep-world.ts";

const createRig = useRigs();
interface Deployed {
  readonly world: SweepWorld;
  readonly deployment: SweepDeployment;
  readonly clusterId: string;
}

async function create(): Promise<{ world: SweepWorld; deployment: SweepDeployment }> {
  const rig = await createRig({ cloud: { terminateMs: 500 } });
  return { world: new SweepWorld(rig), deployment: await SweepDeployment.create(rig) };
}

/** A cluster that cdktf deployed, and that has worked. */
async function deploy(): Promise<Deployed> {
  const { world, deployment } = await create();
  const deployed = await deployment.deploy();
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ exitCode: 0 });
  const clusterId = await deployment.clusterId();
  expect(clusterId).toMatch(/^mouse-[0-9a-f]{8}$/);
  world.populate(clusterId);
  world.launchManagement(clusterId);
  return { world, deployment, clusterId };
}

describe.skipIf(!hasTerraform())(
  "cdktf destroy (needs terraform on PATH)",
  { timeout: 600_000 },
  () => {
    it("leaves nothing of the cluster, and all of the others, although OCI fails at times", async () => {
      const { world, deployment, clusterId } = await deploy();
      const { faults, calls } = world.rig.api;
      for (const [seed, status] of [429, 500].entries()) {
        const answer = { kind: "error", status, code: "X", message: "not now" } as const;
        faults.add({ operation: "*", probability: 0.05, seed, answer });
      }
      const short = { kind: "short-list", itemCountMax: 0 } as const;
      faults.add({ operation: "ListInstances", nth: 1, answer: short });
      const others = world.remains(OTHER_CLUSTER);
      const destroyed = await deployment.destroy();
      expect(destroyed, destroyed.stdout + destroyed.stderr).toMatchObject({ exitCode: 0 });
      expect(destroyed.stdout).toMatch(
        /removed 3 instances, 2 boot volumes, 1 image; nothing is left/,
      );
      expect(world.remains(clusterId)).toEqual([]);
      expect(world.remains(OTHER_CLUSTER)).toEqual(others);
      expect(world.harmed()).toEqual([]);
      expect(await deployment.resources()).toEqual([]);
      const launches = calls.since(0).filter(({ method }) => method === "POST");
      expect(launches).toEqual([]);
    });

    it("fails when OCI refuses, keeps the network, and succeeds once that is mended", async () => {
      const { world, deployment, clusterId } = await deploy();
      world.rig.api.faults.add({
        ...{ operation: "TerminateInstance", match: { displayName: "vm-a-0002" } },
        answer: { kind: "error", status: 404, code: "NotAuthorizedOrNotFound", message: "no" },
      });
      const refused = await deployment.destroy();
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stdout + refused.stderr).toMatch(/1 instance LEFT/);
      expect(world.remains(clusterId)).toContain("instance vm-a-0002");
      const kept = await deployment.resources();
      expect(kept).toEqual(expect.arrayContaining(["network", "sweep"]));
      expect(kept).not.toContain("management");
      world.rig.api.faults.clear();
      const again = await deployment.destroy();
      expect(again, again.stdout + again.stderr).toMatchObject({ exitCode: 0 });
      expect(world.remains(clusterId)).toEqual([]);
      expect(world.harmed()).toEqual([]);
      expect(await deployment.resources()).toEqual([]);
    });
  },
);

describe.skipIf(!hasTerraform())("terraform alone (needs it on PATH)", { timeout: 600_000 }, () => {
  it("destroys the same, after a new synth, when the management node is dead", async () => {
    const { world, deployment } = await create();
    await deployment.synth();
    expect(await deployment.terraform("init")).toMatchObject({ exitCode: 0 });
    const applied = await deployment.terraform("apply", "-auto-approve");
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
    const clusterId = await deployment.clusterId();
    world.populate(clusterId);

    await deployment.synth();
    expect(await deployment.terraform("init")).toMatchObject({ exitCode: 0 });
    const destroyed = await deployment.terraform("destroy", "-auto-approve");
    expect(destroyed, destroyed.stdout + destroyed.stderr).toMatchObject({ exitCode: 0 });
    expect(world.remains(clusterId)).toEqual([]);
    expect(world.harmed()).toEqual([]);
  });

  it("sweeps nothing when a setting changes, and where the nodes are when it changed last", async () => {
    const { world, deployment } = await create();
    await deployment.synth();
    await deployment.terraform("init");
    await deployment.terraform("apply", "-auto-approve");
    const clusterId = await deployment.clusterId();
    world.populate(clusterId);
    const region = "us-ashburn-1";
    await deployment.configure({ region });
    await deployment.synth();
    await deployment.terraform("init");
    const changed = await deployment.terraform("apply", "-auto-approve");
    expect(changed.stdout).toMatch(/0 added, 2 changed, 0 destroyed/);
    expect(world.rig.api.calls.since(0)).toEqual([]);

    await deployment.configure({ compartmentOcid: "ocid1.compartment.oc1..never-applied" });
    await deployment.synth();
    await deployment.terraform("init");
    const destroyed = await deployment.terraform("destroy", "-auto-approve");
    expect(destroyed, destroyed.stdout + destroyed.stderr).toMatchObject({ exitCode: 0 });
    expect(destroyed.stdout).toContain(`"--region" "${region}"`);
    expect(world.remains(clusterId)).toEqual([]);
  });

  it("sweeps under npm run destroy as well, which keeps the file system and the cluster's id", async () => {
    const { world, deployment } = await create();
    await deployment.configure({ keepFileSystem: true });
    await deployment.synth();
    expect(await deployment.terraform("init")).toMatchObject({ exitCode: 0 });
    const applied = await deployment.terraform("apply", "-auto-approve");
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
    const clusterId = await deployment.clusterId();
    world.populate(clusterId);
    world.launchManagement(clusterId);

    const destroyed = await deployment.destroyButKept();
    expect(destroyed, destroyed.stdout + destroyed.stderr).toMatchObject({ exitCode: 0 });
    expect(world.remains(clusterId)).toEqual([]);
    expect(world.harmed()).toEqual([]);
    expect(await deployment.resources()).toEqual(["cluster_uuid", "file_system"]);

    const again = await deployment.terraform("apply", "-auto-approve");
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(await deployment.clusterId()).toBe(clusterId);
  });
});
