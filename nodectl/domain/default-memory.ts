import type { NodeGroup, SlurmOptions } from "./launch-specification.ts";
import { ownKeyOf } from "./slurm-options.ts";

/** slurm.conf(5): one of them alone on a line. */
const DEFAULTS = ["DefMemPerCPU", "DefMemPerNode", "DefMemPerGPU"];

/**
 * What a job is given that asks for no memory, MiB for each of its CPUs: its share of the smallest node of the partition. Without, Slurm gives
 * it all of a node's memory, and no other job beside it (slurm.conf(5), DefMemPerCPU; seen on 22.05.8 and 24.11.5).
 * Nothing where the site says anything of it (`given`), or where a node's size is not known.
 */
export function defaultMemory(
  groups: readonly NodeGroup[],
  given: readonly SlurmOptions[],
): SlurmOptions {
  const isGiven = given.some((options) =>
    DEFAULTS.some((name) => ownKeyOf(options, name) !== undefined),
  );
  if (isGiven) return {};
  const smallest = Math.floor(Math.min(...groups.map(({ slurm }) => share(slurm?.options ?? {}))));
  return Number.isFinite(smallest) && smallest > 0 ? { DefMemPerCPU: `${smallest}` } : {};
}

/** MiB of memory that jobs may have, a CPU; NaN where it cannot be told. */
function share(options: SlurmOptions): number {
  const numberOf = (name: string): number => Number(options[ownKeyOf(options, name) ?? ""]);
  const kept = ownKeyOf(options, "MemSpecLimit") === undefined ? 0 : numberOf("MemSpecLimit");
  return (numberOf("RealMemory") - kept) / numberOf("CPUs");
}
