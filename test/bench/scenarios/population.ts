import { groupBy } from "../../../nodectl/domain/group-by.ts";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import { addressesIn } from "../../stand-in/slurm-updates.ts";
import type { InstanceSeen } from "../world/api-process.ts";
import { CLUSTER_ID } from "../world/cluster-files.ts";
import type { Bench, World } from "../world/world.ts";
import { nodeNames, slurmsCall } from "./start-subject.ts";

/** Two strangers for each of these names of ours, and two more: fewer than a page of a list. */
const STRANGER_NAMES = nodeNames(50);
const CAP_MS = 300_000;

/** A shell script of ordinary length, 3 kB: OCI lists it with every instance, 2 kB of base64. */
const USER_DATA = "nodectl/bin/power-program.sh";

/** Nobody waits for what is not measured: launches are answered, booted and ended at once. */
export const POPULATION_OPTIONS: readonly string[] = [
  ...["--launch-latency-ms", "0", "--vnic-delay-ms", "0"],
  ...["--boot-seconds", "0", "--terminate-seconds", "0"],
  ...["--stranger-names", STRANGER_NAMES.join(",")],
];

/** Nodes of a cluster that has been in use: each has an instance that lives, and one that has ended. */
export interface Population {
  readonly names: readonly string[];
  /** What Slurm was told. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch; none is younger. */
  readonly livingSinceMs: number;
  /** Instances that OCI lists, those of strangers included. */
  readonly recordCount: number;
}

/**
 * Makes the instances by startnode and stopnode themselves, so that they are what real launches leave; Slurm then has every
 * node up and free.
 * @throws Error when something else has come of it
 */
export async function livePopulation(
  bench: Bench,
  world: World,
  names: readonly string[],
): Promise<Population> {
  const { api, files } = world;
  await files.setUserData(USER_DATA);
  await files.setNodes(compressHostlist(names), names, 1);
  await startAll(bench, world, names);
  await stopAll(bench, world, names);
  await startAll(bench, world, names);
  const livingSinceMs = Date.now();
  const addresses = addressesIn(await files.updates());
  await files.setSlurmNodes("nodes.json", { names, sample: "idle", addresses });
  const records = await api.instances();
  const problem = populationProblem(records, names);
  if (problem !== undefined) throw new Error(problem);
  bench.progress(`${records.length} instances, ${2 * names.length} of them ours`);
  return { names, addresses, livingSinceMs, recordCount: records.length };
}

async function startAll(bench: Bench, world: World, names: readonly string[]): Promise<void> {
  const call = await slurmsCall(bench, world, names);
  const { exitCode } = await bench.runner.run({ ...call, isMeasured: true, capMs: CAP_MS });
  if (exitCode === 0) return;
  throw new Error(`startnode ended with ${String(exitCode)}: ${await world.files.logTail()}`);
}

async function stopAll(bench: Bench, { files }: World, names: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await bench.runner.run({
    command: bench.installation.program("stopnode"),
    args: ["--config", files.settings, compressHostlist(names)],
    isMeasured: false,
    capMs: CAP_MS,
  });
  if (exitCode !== 0) throw new Error(`stopnode ended with ${String(exitCode)}: ${stderr}`);
}

/** What is wrong; undefined when each node has one instance that runs and one that has ended, and strangers are there too. */
export function populationProblem(
  records: readonly InstanceSeen[],
  names: readonly string[],
): string | undefined {
  const ours = records.filter(({ freeformTags }) => freeformTags["cluster"] === CLUSTER_ID);
  if (ours.length === records.length) return "no strangers live in the compartment";
  const statesOf = groupBy(ours, ({ freeformTags }) => freeformTags["node"] ?? "");
  for (const name of names) {
    const states = (statesOf.get(name) ?? []).map(({ lifecycleState }) => lifecycleState);
    if (states.sort().join() !== "RUNNING,TERMINATED") {
      return `the instances of ${name} are ${states.join(", ")}, in place of RUNNING, TERMINATED`;
    }
  }
  const isExact = ours.length === 2 * names.length;
  return isExact ? undefined : `${ours.length} instances are ours, in place of ${2 * names.length}`;
}
