import { expect, it } from "vitest";
import { reconcile } from "../../../../nodectl/commands/reconcile/reconcile.ts";
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
    { kind: "boot", message: "its last 3 boots failed: [ 3.4] Kernel panic - not syncing" },
  ]);
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
