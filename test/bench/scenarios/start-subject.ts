import { writeFile } from "node:fs/promises";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import { CLUSTER_ID, SHAPE } from "../world/cluster-files.ts";
import type { ProgramRun } from "../world/run-program.ts";
import type { Bench, World } from "../world/world.ts";
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
}

/** Lets the subject start all of the nodes in a fresh world, and looks at what the API and scontrol saw. */
export async function start(
  bench: Bench,
  world: World,
  subject: Subject,
  options: StartOptions,
): Promise<StartObservation> {
  const { nodeNames, capMs, adCount = 1 } = options;
  await world.files.setNodes(compressHostlist(nodeNames), nodeNames, adCount);
  const runs = await run(bench, world, subject, nodeNames, capMs);
  return observeStart(runs, nodeNames, await world.api.calls(), await world.files.updates());
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
    const command = bench.installation.program("startnode");
    return await Promise.all(
      cut(nodeNames, subject.processCount).map((names) => {
        const args = ["--config", world.files.settings, compressHostlist(names)];
        return bench.runner.run({ ...common, command, args });
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
