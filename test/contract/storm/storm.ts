import { expect } from "vitest";
import type { Rig } from "../rig.ts";
import { expectEveryNodeSettled, expectJobsTold, expectStruck } from "./expect-settled.ts";
import { startOptions, withStormRig, untilListed } from "./storm-rig.ts";
import { planStorm, type StormPlan } from "./storm-plan.ts";

/** What a run may send for each node when much of it is refused, and beside that for lists. */
const REQUESTS_PER_NODE_MAX = 12;
const REQUESTS_BESIDE_MAX = 120;

/** stopnode works in the same storm. */
const STOP_SECONDS_MAX = 45;

/** One resume in a storm, and what must hold afterwards. */
export async function weatherStorm(seed: number): Promise<void> {
  const plan = planStorm(seed);
  await withStormRig(plan, async (rig) => {
    const result = await rig.run(
      "startnode",
      [plan.names.join(",")],
      await startOptions(rig, plan),
    );
    const context = `seed ${seed}: ${plan.weather.join("; ")}\n${result.stderr.slice(-2_000)}`;
    expectStruck(rig, plan, context);
    const down = await rig.downNodes();
    expect(result, context).toMatchObject({ signal: null, exitCode: down.size > 0 ? 1 : 0 });
    await stopWhatSlurmGaveUp(rig, plan);
    await expectEveryNodeSettled(rig, plan, context);
    await expectJobsTold(rig, plan, context);
    expect(requestCount(rig), context).toBeLessThanOrEqual(
      REQUESTS_PER_NODE_MAX * plan.names.length + REQUESTS_BESIDE_MAX,
    );
  });
}

/** As Slurm does for nodes that are powered down by force: what was launched for them goes. */
async function stopWhatSlurmGaveUp(rig: Rig, plan: StormPlan): Promise<void> {
  const names = await rig.nodesPoweredDown();
  if (names.length === 0) return;
  // Slurm's next scan is later than OCI's lists are.
  await untilListed(rig);
  const settings = { ...plan.settings, run_deadline_seconds: STOP_SECONDS_MAX };
  const { exitCode, stderr } = await rig.run("stopnode", [names.join(",")], { settings });
  expect(exitCode, `seed ${plan.seed}: stopnode\n${stderr.slice(-2_000)}`).toBe(0);
}

function requestCount(rig: Rig): number {
  return Object.values(rig.callCounts()).reduce((sum, count) => sum + count, 0);
}
