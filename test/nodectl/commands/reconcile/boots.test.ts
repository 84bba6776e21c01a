import { expect, it } from "vitest";
import { CapacityMemory } from "../../../../nodectl/commands/capacity-memory.ts";
import { reconcile } from "../../../../nodectl/commands/reconcile/reconcile.ts";
import type { ShapeOffer } from "../../../../nodectl/domain/launch-specification.ts";
import { silentLog } from "../silent-log.ts";
import { MINUTE_MS, ReconcileRig } from "./reconcile-rig.ts";

async function passes(rig: ReconcileRig, count: number): Promise<void> {
  for (let pass = 0; pass < count; pass += 1) {
    await reconcile(rig.context(), { isDryRun: false });
    await rig.clock.sleep(MINUTE_MS);
  }
}

it("tells startnode to leave an image and shape alone after three boots that failed in a row", async () => {
  const rig = new ReconcileRig();
  rig.captureConsole = () =>
    Promise.resolve("[  1.2] booting\n[  3.4] Kernel panic - not syncing\n");
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  rig.launch("n1", "RUNNING", 11 * MINUTE_MS);
  await passes(rig, 2);
  expect(rig.capacities).toEqual([]);
  await passes(rig, 1);
  expect(rig.capacities).toMatchObject([
    {
      kind: "boot",
      message: "the last 3 boots of image a failed: [ 3.4] Kernel panic - not syncing",
    },
  ]);
});

it.each([
  ["", "its slurmd has not registered in time"],
  [
    "citc: could not reach http://git, try 8 of 60: refused\n[ OK ] Reached target\n",
    "could not reach http://git, try 8 of 60: refused",
    ", not ready in time",
  ],
  ["citc: this machine is configured\n[ OK ] up\n", "[ OK ] up", ", ready but not heard"],
])("says how far it had come when the console ends with %j", async (text, words, how = "") => {
  const rig = new ReconcileRig();
  rig.captureConsole = () => Promise.resolve(text);
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  rig.launch("n1", "RUNNING", 11 * MINUTE_MS);
  await passes(rig, 3);
  expect(rig.capacities[0]?.message).toBe(`the last 3 boots of image a failed${how}: ${words}`);
});

it("keeps what one has said when so many fail at once that nobody asks the last ones", async () => {
  const rig = new ReconcileRig();
  rig.captureConsole = () => Promise.resolve("citc: could not reach X, try 8 of 60: refused\n");
  for (let number = 10; number < 30; number += 1) {
    rig.setNode(`n${number}`, "ALLOCATED+POWERING_UP+NOT_RESPONDING");
    rig.launch(`n${number}`, "RUNNING", 11 * MINUTE_MS);
  }
  await passes(rig, 1);
  expect(rig.capacities.map(({ message }) => message)).toEqual([
    "the last 20 boots of image a failed, not ready in time: could not reach X, try 8 of 60: refused",
  ]);
});

it("takes the note of a machine for a failure, whatever its console says", async () => {
  const rig = new ReconcileRig();
  rig.captureConsole = () => Promise.resolve("citc: running ansible/compute.yml of v1\n");
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  const { instanceOcid } = rig.launch("n1", "RUNNING");
  rig.notes.set("n1", { instanceOcid, words: "munge : Check: no key" });
  await passes(rig, 3);
  expect(rig.capacities[0]?.message).toBe(
    "the last 3 boots of image a failed, not configured: munge : Check: no key",
  );
});

it("opens it again when the node that tries comes up", async () => {
  const rig = new ReconcileRig();
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  const instance = rig.launch("n1", "RUNNING", 11 * MINUTE_MS);
  await passes(rig, 3);
  rig.cloud.setState(instance.instanceOcid, "TERMINATED");
  rig.launch("n1", "RUNNING");
  await passes(rig, 1);
  rig.setNode("n1", "ALLOCATED");
  await passes(rig, 1);
  expect(rig.capacities.map(({ kind }) => kind)).toEqual(["boot", "open"]);
});

it("opens it again also when the node came up between two passes", async () => {
  const rig = new ReconcileRig();
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  const instance = rig.launch("n1", "RUNNING", 11 * MINUTE_MS);
  await passes(rig, 3);
  rig.cloud.setState(instance.instanceOcid, "TERMINATED");
  rig.setNode("n1", "IDLE+POWERED_DOWN");
  await passes(rig, 1);
  rig.launch("n1", "RUNNING", MINUTE_MS / 2);
  rig.setNode("n1", "ALLOCATED");
  await passes(rig, 1);
  expect(rig.capacities.map(({ kind }) => kind)).toEqual(["boot", "open"]);
});

it("does not take a node that has been up for a success of the image", async () => {
  const rig = new ReconcileRig();
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  rig.setNode("n2", "ALLOCATED");
  rig.launch("n1", "RUNNING", 11 * MINUTE_MS);
  rig.launch("n2", "RUNNING", 60 * MINUTE_MS);
  await passes(rig, 5);
  expect(rig.capacities.map(({ kind }) => kind)).toEqual(["boot", "boot", "boot"]);
});

it.each<{ shape: string; shapeConfig: NonNullable<ShapeOffer["shapeConfig"]>; offer: ShapeOffer }>([
  {
    shape: "VM.Standard2.1",
    shapeConfig: { ocpus: 1, memoryGib: 15 },
    offer: { shape: "VM.Standard2.1" },
  },
  {
    shape: "VM.Standard.E4.Flex",
    shapeConfig: { ocpus: 8, memoryGib: 64 },
    offer: { shape: "VM.Standard.E4.Flex", shapeConfig: { ocpus: 8, memoryGib: 64 } },
  },
])("keeps startnode from $shape, of whose instances OCI tells the size", async (launched) => {
  const { shape, shapeConfig, offer } = launched;
  const rig = new ReconcileRig();
  rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
  const timeCreatedMs = rig.clock.now() - 11 * MINUTE_MS;
  rig.cloud.add({ nodeName: "n1", lifecycleState: "RUNNING", shape, shapeConfig, timeCreatedMs });
  await passes(rig, 3);
  const memory = new CapacityMemory({
    store: { read: () => Promise.resolve(rig.capacities), add: () => Promise.resolve() },
    ...{ log: silentLog, nowMs: () => rig.clock.now(), imageOcid: "ocid1.image.oc1..a" },
    ...{ capacityCoolDownMs: 1, limitCoolDownMs: 1, bootMs: 1 },
  });
  const place = { availabilityDomain: "Uocm:PHX-AD-1", capacityType: "on-demand" } as const;
  expect(await memory.look({ ...offer, ...place }, "n2")).toMatchObject({ kind: "closed" });
});
