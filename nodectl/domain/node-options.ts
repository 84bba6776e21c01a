import type { SlurmOptions } from "./launch-specification.ts";
import type { ShapeLimits } from "./limits-shape.ts";
import type { NodeHardware, ShapeSize } from "./shape.ts";
import { mergeOptions } from "./merge-options.ts";
import { ownKeyOf } from "./slurm-options.ts";

export interface DescribedNode {
  readonly shape: string;
  readonly size: ShapeSize | undefined;
  readonly availabilityDomain: number | undefined;
  readonly hardware: NodeHardware;
}

/** What stands behind the names on a NodeName line, slurm_options of limits.yaml included. */
export function slurmNodeOptions(limits: ShapeLimits, node: DescribedNode): SlurmOptions {
  const { hardware } = node;
  const { gpus, gpuType } = hardware;
  const own = {
    State: "CLOUD",
    CPUs: `${hardware.cpus}`,
    Sockets: `${hardware.sockets}`,
    CoresPerSocket: `${hardware.coresPerSocket}`,
    ThreadsPerCore: `${hardware.threadsPerCore}`,
    RealMemory: `${hardware.realMemoryMib}`,
    ...(gpus > 0 && { Gres: ["gpu", gpuType, gpus].filter((it) => it !== undefined).join(":") }),
    Features: features(node, limits.features).join(","),
  };
  const merged = mergeOptions(own, limits.slurmOptions);
  return withMatchingCpus(merged, limits.slurmOptions);
}

/**
 * CitC's three, for `--constraint`: the shape with its sizes, as in limits.yaml; and once more without them, for jobs
 * that take any size.
 */
function features(node: DescribedNode, own: readonly string[]): readonly string[] {
  const { shape, size, availabilityDomain, hardware } = node;
  const sized = size === undefined ? shape : `${shape}.${size.ocpus}.${size.memoryGib}`;
  const names = [
    `shape=${sized}`,
    `ad=${availabilityDomain ?? "any"}`,
    `arch=${hardware.architecture}`,
    `shape=${shape}`,
    ...own,
  ];
  return [...new Set(names)];
}

/** An admin who corrects the sockets, cores or threads should not have to do the sum as well. */
function withMatchingCpus(options: SlurmOptions, given: SlurmOptions): SlurmOptions {
  const factors = ["Sockets", "CoresPerSocket", "ThreadsPerCore"];
  const isCorrected = factors.some((name) => ownKeyOf(given, name) !== undefined);
  if (!isCorrected || ownKeyOf(given, "CPUs") !== undefined) return options;
  const cpus = factors.reduce((product, name) => product * Number(options[name] ?? 1), 1);
  return Number.isInteger(cpus) ? { ...options, CPUs: `${cpus}` } : options;
}
