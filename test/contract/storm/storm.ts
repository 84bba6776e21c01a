import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { describeInstance } from "../../sandbox/api/cloud-event.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";
import { Rig } from "../rig.ts";
import { planStorm, type StormPlan } from "./storm-plan.ts";

/** What a run may send for each node when much of it is refused, and beside that for lists. */
const REQUESTS_PER_NODE_MAX = 12;
const REQUESTS_BESIDE_MAX = 120;

/** One resume in a storm, and what must hold afterwards. */
export async function weatherStorm(seed: number): Promise<void> {
  const plan = planStorm(seed);
  await inRig(plan, async (rig) => {
    const result = await rig.run("startnode", [plan.names.join(",")], options(plan));
    const context = `seed ${seed}: ${plan.weather.join("; ")}\n${result.stderr.slice(-2_000)}`;
    expect(result.signal, context).toBeNull();
    await stopWhatSlurmGaveUp(rig, plan);
    await expectEveryNodeSettled(rig, plan, context);
    expect(requestCount(rig), context).toBeLessThanOrEqual(
      REQUESTS_PER_NODE_MAX * plan.names.length + REQUESTS_BESIDE_MAX,
    );
  });
}

/** A resume that is killed at a random moment and run again in fair weather: as if nothing had been. */
export async function surviveKill(seed: number, nodeCount: number): Promise<void> {
  const random = seededRandom(seed);
  const names = Array.from({ length: nodeCount }, (_, index) => nodeName(index + 1));
  const launchMs = 20 + Math.floor(random() * 200);
  const plan: StormPlan = {
    ...planStorm(seed),
    names,
    faults: random() < 0.5 ? [] : [resetsAfter(seed)],
    cloud: { bootMs: 300, listDelayMs: random() < 0.3 ? 400 : 0 },
    rateLimits: {},
    launchMs,
    settings: { run_deadline_seconds: 30 },
    hasDyingNamesakes: false,
  };
  await inRig(plan, async (rig) => {
    const child = await rig.spawn("startnode", [names.join(",")], options(plan));
    const closed = once(child, "close");
    // From before the first request until after the last address.
    await Promise.race([delay(200 + random() * 1_800), closed]);
    child.kill("SIGKILL");
    await closed;
    rig.api.faults.clear();
    const again = await rig.run("startnode", [names.join(",")], options(plan));
    const context = `seed ${seed}\n${again.stderr.slice(-2_000)}`;
    expect(again.exitCode, context).toBe(0);
    expect(rig.livingNames(), context).toEqual(names);
    await expectAddressesRight(rig, names, context);
  });
}

function resetsAfter(seed: number): StormPlan["faults"][number] {
  const answer = { kind: "reset-after" } as const;
  return { operation: "LaunchInstance", probability: 0.1, seed, answer };
}

async function inRig(plan: StormPlan, body: (rig: Rig) => Promise<void>): Promise<void> {
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
  const some = names.slice(0, 10).join(",");
  await rig.run("startnode", [some], { settings: { watch_seconds: 0 } });
  await rig.run("stopnode", [some]);
  await rig.forgetUpdates();
}

function options({ settings, seed }: StormPlan): Parameters<Rig["run"]>[2] {
  // Slurm calls: it has a file of jobs, which is gone here.
  return { settings, env: { SLURM_RESUME_FILE: `/nowhere/${seed}` } };
}

/** As Slurm does for nodes that are powered down by force: what was launched for them goes. */
async function stopWhatSlurmGaveUp(rig: Rig, plan: StormPlan): Promise<void> {
  const names = await rig.nodesPoweredDown();
  if (names.length === 0) return;
  const settings = { ...plan.settings, run_deadline_seconds: 30 };
  const { exitCode, stderr } = await rig.run("stopnode", [names.join(",")], { settings });
  expect(exitCode, `seed ${plan.seed}: stopnode\n${stderr.slice(-2_000)}`).toBe(0);
}

/**
 * One instance a node at most; every node addressed, or DOWN with a reason and without an instance. When the time was
 * up, the log names what has no address: the node's own registration brings it, or ResumeTimeout ends the wait.
 */
async function expectEveryNodeSettled(rig: Rig, plan: StormPlan, context: string): Promise<void> {
  const living = rig.livingNames();
  expect(new Set(living).size, `${context}: two instances for a node`).toBe(living.length);
  const down = await rig.downNodes();
  const addresses = await rig.addresses();
  const late = await lateNodes(rig, plan);
  const unsettled = plan.names.filter((name) => {
    const isUp = living.includes(name) && addresses.has(name) && !down.has(name);
    const isDown = !living.includes(name) && down.has(name);
    return !isUp && !isDown && !late.has(name);
  });
  expect(unsettled, `${context}: neither addressed nor DOWN`).toEqual([]);
  for (const reason of down.values()) expect(reason, context).toMatch(/\w{3,}/);
  const told = living.filter((name) => !late.has(name));
  await expectAddressesRight(rig, told, context);
}

/** Without an address when the run's time was up; none before. */
async function lateNodes(rig: Rig, { settings }: StormPlan): Promise<ReadonlySet<unknown>> {
  const log = await rig.log();
  const durations = log.filter(({ event }) => event === "started nodes");
  const isLate = durations.some(
    ({ durationMs }) => Number(durationMs) >= 1000 * (settings["run_deadline_seconds"] ?? 0),
  );
  const nodes = log.filter(({ event }) => event === "found no address in time");
  return new Set(isLate ? nodes.map(({ node }) => node) : []);
}

async function expectAddressesRight(
  rig: Rig,
  names: readonly string[],
  context: string,
): Promise<void> {
  const addresses = await rig.addresses();
  const real = new Map(
    [...rig.cloud.records]
      .map(describeInstance)
      .filter(({ lifecycleState }) => !lifecycleState.startsWith("TERMINAT"))
      .map(({ displayName, privateIp }) => [displayName, privateIp]),
  );
  for (const name of names) expect(addresses.get(name), `${context}: ${name}`).toBe(real.get(name));
}

function requestCount(rig: Rig): number {
  return Object.values(rig.callCounts()).reduce((sum, count) => sum + count, 0);
}

function nodeName(number: number): string {
  return `vm-a-${String(number).padStart(4, "0")}`;
}
