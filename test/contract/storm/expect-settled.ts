import { expect } from "vitest";
import type { Rig } from "../rig.ts";
import { instancesOf } from "./storm-rig.ts";
import type { StormPlan } from "./storm-plan.ts";

/** Below this, that a rule never struck may be chance. */
const CHANCE = 0.001;

/** Every rule had its turn: a storm that spares the run says nothing. */
export function expectStruck(rig: Rig, { settings }: StormPlan, context: string): void {
  // A run that is short may end before half of its launches have had their turn.
  const isShort = (settings["run_deadline_seconds"] ?? 0) <= 5;
  for (const { rule, matched, struck } of rig.api.faults.list()) {
    const about = `${context}\nhad no turn: ${JSON.stringify(rule)}`;
    if (!isShort) expect(matched, about).toBeGreaterThan(0);
    const spared = (1 - (rule.probability ?? 1)) ** matched;
    if (spared < CHANCE) expect(struck, about).toBeGreaterThan(0);
  }
}

/**
 * One instance a node at most; every node addressed, or DOWN with a reason and without an instance. When the time was
 * up, the log names what has no address: its instance is there, and the node's own registration brings it. What OCI has
 * given up after the run's last look is ResumeTimeout's.
 */
export async function expectEveryNodeSettled(
  rig: Rig,
  plan: StormPlan,
  context: string,
): Promise<void> {
  const living = rig.livingNames();
  expect(new Set(living).size, `${context}: two instances for a node`).toBe(living.length);
  const down = await rig.downNodes();
  const addresses = await rig.addresses();
  const isTimeUp = await wasTimeUp(rig, plan);
  const late = isTimeUp ? await unaddressedNodes(rig) : new Set();
  const givenUp = isTimeUp ? givenUpNodes(rig, plan) : new Set();
  const unsettled = plan.names.filter((name) => {
    if (down.has(name)) return living.includes(name);
    if (!living.includes(name)) return !givenUp.has(name);
    return !(addresses.has(name) || late.has(name));
  });
  expect(unsettled, `${context}: neither addressed nor DOWN`).toEqual([]);
  for (const reason of down.values()) expect(reason, context).toMatch(/\w{3,}/);
  const told = living.filter((name) => addresses.has(name) || !late.has(name));
  await expectAddressesRight(rig, told, context);
}

/** Whether the run ended because it had to. */
async function wasTimeUp(rig: Rig, { settings }: StormPlan): Promise<boolean> {
  const ends = (await rig.log()).filter(({ event }) => event === "started nodes");
  const deadlineMs = 1000 * (settings["run_deadline_seconds"] ?? 0);
  return ends.some(({ durationMs }) => Number(durationMs) >= deadlineMs);
}

async function unaddressedNodes(rig: Rig): Promise<ReadonlySet<unknown>> {
  const found = (await rig.log()).filter(({ event }) => event === "found no address in time");
  return new Set(found.map(({ node }) => node));
}

/** Nodes with an instance that was accepted and then failed: only where that was asked for. */
function givenUpNodes(rig: Rig, { faults }: StormPlan): ReadonlySet<string> {
  if (!faults.some(({ answer }) => answer.kind === "async-failure")) return new Set();
  const ended = instancesOf(rig).filter(({ lifecycleState }) => lifecycleState === "TERMINATED");
  return new Set(ended.map(({ displayName }) => displayName));
}

export async function expectAddressesRight(
  rig: Rig,
  names: readonly string[],
  context: string,
): Promise<void> {
  const addresses = await rig.addresses();
  const real = new Map(
    instancesOf(rig)
      .filter(({ lifecycleState }) => !lifecycleState.startsWith("TERMINAT"))
      .map(({ displayName, privateIp }) => [displayName, privateIp]),
  );
  for (const name of names) expect(addresses.get(name), `${context}: ${name}`).toBe(real.get(name));
}

/** Every job that startnode could know of and that lost a node has been told why. */
export async function expectJobsTold(rig: Rig, plan: StormPlan, context: string): Promise<void> {
  const down = await rig.downNodes();
  const comments = await rig.jobComments();
  const jobs = [...(plan.jobs ?? [])];
  const robbed = jobs.filter(([, names]) => names.some((name) => down.has(name)));
  expect([...comments.keys()].sort(byNumber), `${context}: jobs that were told`).toEqual(
    robbed.map(([jobId]) => jobId),
  );
  for (const comment of comments.values()) {
    expect(comment, context).toMatch(/^startnode: no machine to be had: .*; next try after /);
  }
}

function byNumber(left: number, right: number): number {
  return left - right;
}
