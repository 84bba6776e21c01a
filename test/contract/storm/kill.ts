import { once } from "node:events";
import { expect } from "vitest";
import type { FaultRule } from "../../sandbox/api/fault-rules.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";
import { namesOf } from "../../stand-in/slurm-updates.ts";
import { untilLaunched } from "../until-launched.ts";
import { expectAddressesRight } from "./expect-settled.ts";
import { startOptions, withStormRig } from "./storm-rig.ts";
import { drawJobs, type StormPlan } from "./storm-plan.ts";

/** A resume that is killed between any two launches and run again in fair weather: as if nothing had been. */
export async function surviveKill(seed: number, nodeCount: number): Promise<void> {
  const random = seededRandom(seed);
  const plan = planKill(seed, nodeCount, random);
  const { names } = plan;
  const launchCount = Math.floor(random() * (nodeCount + 1));
  await withStormRig(plan, async (rig) => {
    const options = await startOptions(rig, plan);
    const child = await rig.spawn("startnode", [names.join(",")], options);
    const closed = once(child, "close");
    child.stdout?.resume();
    child.stderr?.resume();
    await untilLaunched(rig, launchCount);
    child.kill("SIGKILL");
    const context = `seed ${seed}, killed after ${launchCount} launches`;
    // Not ended by itself before.
    expect(await closed, context).toEqual([null, "SIGKILL"]);
    rig.api.faults.clear();
    const again = await rig.run("startnode", [names.join(",")], options);
    const details = `${context}\n${again.stderr.slice(-2_000)}`;
    expect(again.exitCode, details).toBe(0);
    expect(rig.livingNames(), details).toEqual(names);
    await expectAddressesRight(rig, names, details);
  });
}

function planKill(seed: number, nodeCount: number, random: () => number): StormPlan {
  const names = namesOf("vm-a-[0001-0100]").slice(0, nodeCount);
  return {
    ...{ seed, names, rateLimits: {}, hasDyingNamesakes: false },
    jobs: random() < 0.5 ? undefined : drawJobs(names, random),
    // Of every two seeds one: a call that was carried out and not answered is what a kill looks like to OCI.
    faults: seed % 2 === 0 ? [resetsAfter(seed)] : [],
    cloud: { bootMs: 300, listDelayMs: random() < 0.3 ? 400 : 0 },
    launchMs: 20 + Math.floor(random() * 200),
    settings: { run_deadline_seconds: 45 },
    availabilityDomains: random() < 0.5 ? [1] : [1, 2, 3],
  };
}

function resetsAfter(seed: number): FaultRule {
  return { operation: "LaunchInstance", probability: 0.1, seed, answer: { kind: "reset-after" } };
}
