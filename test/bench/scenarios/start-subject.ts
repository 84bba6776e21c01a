import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import type { Limiter } from "../floor.ts";
import { CLUSTER_ID, SHAPE } from "../world/cluster-files.ts";
import type { ProgramOptions, ProgramRun } from "../world/run-program.ts";
import { withWorld, type Bench, type World } from "../world/world.ts";
import type { Limited } from "./limiters.ts";
import { observeStart, type StartObservation } from "./start-observation.ts";

/** Who starts the nodes. */
export type Subject =
  | { readonly kind: "ours"; readonly processCount: number }
  | { readonly kind: "plain-p-retry" }
  | { readonly kind: "citc"; readonly retriesReads: boolean };

export interface StartOptions {
  readonly nodeNames: readonly string[];
  readonly adCount?: number;
  readonly capMs: number;
  /** What launches meet; a fixed window is waited for, so that every subject begins at the same phase. */
  readonly limiter?: Limiter;
}

/** Lets the subject start all of the nodes behind this limiter, alone. */
export async function startInFreshWorld(
  bench: Bench,
  { limiter, apiOptions }: Limited,
  subject: Subject,
  options: StartOptions,
): Promise<StartObservation> {
  return await withWorld(bench, apiOptions, (world) =>
    start(bench, world, subject, { ...options, limiter }),
  );
}

/** Lets the subject start all of the nodes, and looks at what the API and scontrol saw. */
export async function start(
  bench: Bench,
  world: World,
  subject: Subject,
  options: StartOptions,
): Promise<StartObservation> {
  const { nodeNames, capMs, adCount = 1, limiter } = options;
  await world.files.setNodes(compressHostlist(nodeNames), nodeNames, adCount);
  if (limiter?.kind === "fixed-window") await untilWindowBegins(limiter.windowMs);
  const runs = await run(bench, world, subject, nodeNames, capMs);
  return observeStart(runs, nodeNames, await world.api.calls(), await world.files.updates());
}

/** Windows begin at multiples of their length since the epoch. */
async function untilWindowBegins(windowMs: number): Promise<void> {
  const beginsMs = Math.ceil(Date.now() / windowMs) * windowMs;
  // A timer may fire a millisecond early.
  while (Date.now() < beginsMs) await delay(beginsMs - Date.now());
}

async function run(
  bench: Bench,
  world: World,
  subject: Subject,
  nodeNames: readonly string[],
  capMs: number,
): Promise<ProgramRun[]> {
  const common = { isMeasured: true, capMs };
  if (subject.kind === "ours") {
    return await Promise.all(
      cut(nodeNames, subject.processCount).map(async (names) => {
        const outcome = await bench.runner.run({
          ...common,
          ...(await slurmsCall(bench, world, names)),
        });
        return { ...outcome, stderr: `${outcome.stderr}${await world.files.logTail()}` };
      }),
    );
  }
  const order = await writeOrder(world, nodeNames);
  const { plainPRetry, citc } = bench.programs;
  const argv =
    subject.kind === "citc"
      ? [citc, order, ...(subject.retriesReads ? ["--retry-reads"] : [])]
      : [plainPRetry, order];
  const args = ["--no-deprecation", ...argv];
  return [await bench.runner.run({ ...common, command: bench.installation.node, args })];
}

/**
 * startnode as slurmctld calls it: next to no environment, and a file of jobs, for which the launcher returns at once
 * while startnode goes on in a session of its own. Every node has a job of its own.
 */
export async function slurmsCall(
  { installation }: Bench,
  { files }: World,
  nodeNames: readonly string[],
): Promise<Pick<ProgramOptions, "command" | "args" | "env">> {
  return {
    command: installation.program("startnode"),
    args: ["--config", files.settings, compressHostlist(nodeNames)],
    env: {
      SLURM_CONF: files.path("slurm.conf"),
      SLURM_RESUME_FILE: await files.writeResumeFile(nodeNames),
    },
  };
}

/** The file that tells a rival what to do. */
export async function writeOrder(world: World, nodeNames: readonly string[]): Promise<string> {
  const file = world.files.path("order.json");
  const { scontrol } = world.files;
  const order = { ...world.api.place, clusterId: CLUSTER_ID, shape: SHAPE, nodeNames, scontrol };
  await writeFile(file, JSON.stringify(order));
  return file;
}

function cut(names: readonly string[], count: number): string[][] {
  const size = Math.ceil(names.length / count);
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}

/** `vm-bench-0001`, … */
export function nodeNames(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `vm-bench-${String(index + 1).padStart(4, "0")}`,
  );
}
