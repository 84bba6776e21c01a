import { expandedNames } from "../group-names.ts";
import type { NodeGroup } from "../launch-specification.ts";
import type { JobRecord } from "./facts.ts";

/** What a job asks of each of its nodes and a group of nodes does not have, in words; empty when they fit. */
export function lacksOf(job: JobRecord, group: NodeGroup): readonly string[] {
  const options = group.slurm?.options ?? {};
  const cpus = numberOf(options["CPUs"]);
  const memoryMib = numberOf(options["RealMemory"]);
  const wantedMib = memoryMibOf(job.memory);
  const features = new Set((options["Features"] ?? options["Feature"] ?? "").split(","));
  const missing = wantedFeatures(job.features).filter((feature) => !features.has(feature));
  const gres = wantedGres(job.gres).filter((name) => !hasGres(options["Gres"], name));
  return [
    ...(cpus !== undefined && job.cpusPerNodeMin > cpus
      ? [`${job.cpusPerNodeMin} processors on a node, of ${cpus}`]
      : []),
    ...(memoryMib !== undefined && wantedMib > memoryMib
      ? [`${job.memory} of memory on a node, of ${memoryMib}M`]
      : []),
    ...missing.map((feature) => `--constraint=${feature}`),
    ...gres.map((name) => `--gres=${name}`),
  ];
}

/** Whether the job may run there at all: its partitions, and the nodes that it names. */
export function isAllowedOn(job: JobRecord, group: NodeGroup): boolean {
  return (group.slurm?.partitions ?? []).some((name) => job.partitions.includes(name));
}

/** The nodes that a job could be given, were they free; undefined when nodes.json is not known. */
export function candidatesOf(
  job: JobRecord,
  groups: readonly NodeGroup[],
): readonly string[] | undefined {
  if (groups.length === 0) return undefined;
  const names = groups
    .filter((group) => group.isRetired !== true && isAllowedOn(job, group))
    .filter((group) => lacksOf(job, group).length === 0)
    .flatMap(expandedNames);
  if (job.requestedNodes.length === 0) return names;
  const requested = new Set(job.requestedNodes);
  return names.filter((name) => requested.has(name));
}

const UNIT_MIB: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };

/** `900G` -> 921600; Slurm counts in MiB. Something else counts as no wish. */
function memoryMibOf(text: string): number {
  const [, number, unit = "M"] = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text) ?? [];
  return number === undefined ? 0 : Number(number) * (UNIT_MIB[unit] ?? 1);
}

/** Only a plain list of features, all of them wanted, can be judged here; Slurm judges the rest. */
function wantedFeatures(features: string): readonly string[] {
  if (features === "" || /[|[\]()*]/.test(features)) return [];
  return features.split(/[&,]/);
}

/** `gres:gpu:a10:2` or `gres/gpu:2` -> `gpu`. */
function wantedGres(gres: string): readonly string[] {
  return gres.split(",").flatMap((item) => /^(?:gres[:/])?([A-Za-z_]+)/.exec(item)?.[1] ?? []);
}

function hasGres(configured: string | undefined, name: string): boolean {
  return (configured ?? "").split(",").some((item) => item.split(":")[0] === name);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
