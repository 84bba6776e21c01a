import { setTimeout as delay } from "node:timers/promises";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import type { CallEntry } from "../../sandbox/api/call-log.ts";
import { acceptedTimes, countOperations, median } from "../observe.ts";
import type { Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { ORPHAN_GRACE_SECONDS } from "../world/cluster-files.ts";
import type { ProgramRun } from "../world/run-program.ts";
import { withWorld, type Bench, type World } from "../world/world.ts";
import { livePopulation, POPULATION_OPTIONS, type Population } from "./population.ts";
import { atMost } from "./start-rows.ts";
import { nodeNames } from "./start-subject.ts";

/** Each with an instance that lives and one that has ended; with those of 102 strangers they fill ten pages. */
const NODE_COUNT = 4949;
const ORPHAN_COUNT = 50;
const RUN_COUNT = 5;
const CAP_MS = 120_000;
const PAGE_SIZE = 1000;

/** Reconcile acts on an orphan when two passes so far apart have seen it. */
const SECOND_PASS_MS = 30_000;

/** A pass over a cluster where all is in order, and one over the same cluster with orphans. */
export const reconcileScenario: Scenario = {
  name: "reconcile",
  title: `citc reconcile, ${NODE_COUNT} nodes in order, median of ${RUN_COUNT} passes; then ${ORPHAN_COUNT} orphans`,
  run: (bench) =>
    withWorld(bench, POPULATION_OPTIONS, async (world) => {
      const population = await livePopulation(bench, world, nodeNames(NODE_COUNT));
      return await run(bench, world, population);
    }),
};

async function run(bench: Bench, world: World, population: Population): Promise<ScenarioResult> {
  // The first pass reads the log of all launches, each later one what the minute before it has added.
  const first = await passInOrder(bench, world);
  const inOrder: Pass[] = [];
  for (let round = 0; round < RUN_COUNT; round += 1) {
    inOrder.push(await passInOrder(bench, world));
  }
  const cpu = median(inOrder.map(cpuSecondsOf));
  bench.progress(`in order: ${cpu.toFixed(2)} s of CPU, ${inOrder[0]?.calls.length ?? 0} calls`);
  const orphans = await passWithOrphans(bench, world, population);
  bench.progress(`orphans: ${cpuSecondsOf(orphans).toFixed(2)} s, ${orphans.calls.length} calls`);
  return {
    rows: [...rowsInOrder(inOrder, population), ...rowsOfOrphans(orphans, population)],
    lost: [],
    data: { first: digest(first), inOrder: inOrder.map(digest), orphans: digest(orphans) },
  };
}

interface Pass {
  readonly run: ProgramRun;
  readonly calls: readonly CallEntry[];
}

async function pass(bench: Bench, { api, files }: World): Promise<Pass> {
  const [last] = (await api.calls()).slice(-1);
  const run = await bench.runner.run({
    command: bench.installation.program("citc"),
    args: ["reconcile", "--config", files.settings, "--lock-file", files.path("reconcile.lock")],
    isMeasured: true,
    capMs: CAP_MS,
  });
  if (run.exitCode !== 0 || run.stderr !== "") {
    throw new Error(`citc reconcile ended with ${String(run.exitCode)}: ${run.stderr}`);
  }
  return { run, calls: await api.calls(last?.sequence ?? 0) };
}

/** @throws Error when the pass finds anything else: its cost would be that of something else */
async function passInOrder(bench: Bench, world: World): Promise<Pass> {
  const done = await pass(bench, world);
  expectText(done, `All ${NODE_COUNT} nodes are in order.\n`);
  return done;
}

/** Slurm has powered nodes down and their instances run on, since longer than the grace; this pass ends them. */
async function passWithOrphans(
  bench: Bench,
  world: World,
  { names, addresses, livingSinceMs }: Population,
): Promise<Pass> {
  const orphans = names.slice(0, ORPHAN_COUNT);
  const others = names.slice(ORPHAN_COUNT);
  await world.files.setSlurmNodes(
    "nodes.json",
    { names: orphans, sample: "powered_down" },
    { names: others, sample: "idle", addresses },
  );
  const heading = `${ORPHAN_COUNT} nodes: ${compressHostlist(orphans)}\n`;
  expectText(await pass(bench, world), heading, "  wait: ");
  await until(Math.max(Date.now() + SECOND_PASS_MS, livingSinceMs + ORPHAN_GRACE_SECONDS * 1000));
  const done = await pass(bench, world);
  expectText(done, heading, "  done: ");
  const ended = acceptedTimes(done.calls, "TerminateInstance").length;
  if (ended !== ORPHAN_COUNT) throw new Error(`${ended} of ${ORPHAN_COUNT} were terminated`);
  await passInOrder(bench, world);
  return done;
}

/** The text begins with the first of them and has the others. */
function expectText({ run: { stdout } }: Pass, start: string, ...parts: readonly string[]): void {
  if (stdout.startsWith(start) && parts.every((part) => stdout.includes(part))) return;
  throw new Error(`citc reconcile said "${stdout}" in place of "${start}${parts.join("")}"`);
}

/** A timer may fire a millisecond early. */
async function until(timeMs: number): Promise<void> {
  while (Date.now() <= timeMs) await delay(timeMs + 1 - Date.now());
}

/** Pages that hold every record once: of instances, living or not and whose ever, and of the subnet's addresses. */
function pagesOf({ names, recordCount }: Population): number {
  return Math.ceil(recordCount / PAGE_SIZE) + Math.ceil(names.length / PAGE_SIZE);
}

function rowsInOrder(passes: readonly Pass[], population: Population): Row[] {
  const label = `reconcile, ${NODE_COUNT} nodes in order`;
  const calls = Math.max(...passes.map((one) => one.calls.length));
  return [
    {
      what: `${label}: CPU`,
      unit: "CPU s",
      ours: median(passes.map(cpuSecondsOf)),
      ...atMost("value", 2),
    },
    {
      what: `${label}: API calls, 1,000 records each`,
      unit: "calls",
      ours: calls,
      remark: `${population.recordCount} instances`,
      floor: pagesOf(population),
      ...atMost("value", 15),
    },
    { what: `${label}: memory`, unit: "MB", ours: Math.max(...passes.map(residentMbOf)) },
  ];
}

function rowsOfOrphans(orphans: Pass, population: Population): Row[] {
  const label = `reconcile, ${ORPHAN_COUNT} of ${NODE_COUNT} nodes are orphans`;
  const floor = pagesOf(population) + ORPHAN_COUNT;
  return [
    { what: `${label}: CPU`, unit: "CPU s", ours: cpuSecondsOf(orphans) },
    { what: `${label}: API calls`, unit: "calls", ours: orphans.calls.length, floor },
  ];
}

function cpuSecondsOf({ run: { usage } }: Pass): number {
  return usage?.cpuSeconds ?? Number.NaN;
}

function residentMbOf({ run: { usage } }: Pass): number {
  return usage?.residentMbMax ?? Number.NaN;
}

function digest({ run, calls }: Pass): object {
  return { run, operations: countOperations(calls) };
}
