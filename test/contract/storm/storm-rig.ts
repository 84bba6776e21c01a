import { writeFile } from "node:fs/promises";
import { expect } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { describeInstance, type CloudInstance } from "../../sandbox/api/cloud-event.ts";
import { waitUntil } from "../../sandbox/wait-until.ts";
import { resumeFileText } from "../../stand-in/resume-file.ts";
import { Rig } from "../rig.ts";
import type { StormPlan } from "./storm-plan.ts";

const NAMESAKE_COUNT = 10;

/** A rig in which the storm is about to begin. */
export async function withStormRig(
  plan: StormPlan,
  body: (rig: Rig) => Promise<void>,
): Promise<void> {
  const { cloud, rateLimits, launchMs } = plan;
  const rig = await Rig.create({ cloud, rateLimits, latency: { launchMs } });
  try {
    await rig.setNodes("vm-a-[0001-0100]", ["CLOUD", "NOT_RESPONDING", "POWERING_UP"], {
      availabilityDomains: plan.availabilityDomains,
    });
    if (plan.hasDyingNamesakes) await leaveDyingNamesakes(rig, plan);
    for (const fault of plan.faults) rig.api.faults.add(fault);
    await body(rig);
  } finally {
    await rig.close();
  }
}

async function leaveDyingNamesakes(rig: Rig, { names }: StormPlan): Promise<void> {
  const some = names.slice(0, NAMESAKE_COUNT).join(",");
  const started = await rig.run("startnode", [some], { settings: { watch_seconds: 0 } });
  expect(started.exitCode, started.stderr).toBe(0);
  await rig.forgetUpdates();
  await untilListed(rig);
  // By no stopnode, which would take of the time that they need to die.
  for (const record of rig.cloud.records) {
    if (rig.isOurs(describeInstance(record))) rig.cloud.terminate(record);
  }
  const dying = instancesOf(rig).filter(({ lifecycleState }) => lifecycleState === "TERMINATING");
  expect(dying.length, "dying namesakes").toBe(NAMESAKE_COUNT);
}

/** Until a list would show every instance that there is. */
export async function untilListed(rig: Rig): Promise<void> {
  const { listDelayMs } = rig.cloud.settings;
  await waitUntil(systemClock, "every instance is listed", 10, () => {
    const newestMs = Math.max(0, ...instancesOf(rig).map(({ timeCreatedMs }) => timeCreatedMs));
    return Promise.resolve(systemClock.now() > newestMs + listDelayMs || undefined);
  });
}

export function instancesOf(rig: Rig): readonly CloudInstance[] {
  return [...rig.cloud.records].map(describeInstance);
}

/** As slurmctld calls: with a file of the jobs, which may be gone by the time that somebody looks. */
export async function startOptions(
  rig: Rig,
  { settings, seed, jobs }: Pick<StormPlan, "settings" | "seed" | "jobs">,
): Promise<NonNullable<Parameters<Rig["run"]>[2]>> {
  if (jobs === undefined) return { settings, env: { SLURM_RESUME_FILE: `/nowhere/${seed}` } };
  const file = rig.path("resume.json");
  await writeFile(file, resumeFileText(jobs));
  return { settings, env: { SLURM_RESUME_FILE: file } };
}
