import type { NodeGroup, SlurmOptions, SlurmPartition } from "./launch-specification.ts";
import { membersOf } from "./partitions.ts";
import type { SlurmParameter } from "./slurm-parameters.ts";

/** What the shared slurm.conf is made of; groups with the retired ones behind the others. */
export interface SlurmConfParts {
  readonly parameters: readonly SlurmParameter[];
  readonly groups: readonly NodeGroup[];
  readonly partitions: readonly SlurmPartition[];
}

/**
 * The shared slurm.conf, /mnt/shared/etc/slurm/slurm.conf, without its header. It holds power saving, nodes and
 * partitions; /etc/slurm/slurm.conf holds everything else (names, ports, plugins, accounting) and includes it with
 * its last line. Of a parameter that stands in both Slurm takes the later one, this file's, and logs `specified
 * more than once` (seen on 22.05.8 and 24.11.5): so each parameter has one owner, and the words that a site adds to
 * SlurmctldParameters or AuthInfo go into limits.yaml.
 */
export function slurmConfBody(parts: SlurmConfParts): string {
  return [
    ...parts.parameters.flatMap(({ key, value, reason }) => [`# ${reason}`, `${key}=${value}`]),
    "",
    ...nodeLines(parts.groups),
    "",
    ...parts.partitions.map((partition) => partitionLine(partition, parts.groups)),
    "",
  ].join("\n");
}

/** slurmctld 22.05 does not start without a node; one in state FUTURE is in no list and in no partition. */
const PLACEHOLDER = [
  "# The limits allow no node, and Slurm needs one.",
  "NodeName=none State=FUTURE",
];

function nodeLines(groups: readonly NodeGroup[]): readonly string[] {
  if (groups.length === 0) return PLACEHOLDER;
  const planned = groups.filter(({ isRetired }) => isRetired !== true).map(nodeLine);
  const retired = groups.filter(({ isRetired }) => isRetired === true).map(nodeLine);
  if (retired.length === 0) return planned;
  const reason = "# No longer in the limits; a later run of finish drops them when they are down.";
  return [...planned, reason, ...retired];
}

function nodeLine({ names, slurm }: NodeGroup): string {
  return `NodeName=${names} ${optionsText(slurm?.options ?? {})}`;
}

/** ALL where it is the same: with many shapes the names would fill a page. */
function partitionLine({ name, options }: SlurmPartition, groups: readonly NodeGroup[]): string {
  const members = membersOf(name, groups);
  const isAll = members.length === groups.length && groups.length > 0;
  const names = isAll ? "ALL" : members.map((member) => member.names).join(",");
  const nodes = names === "" ? {} : { Nodes: names };
  return `PartitionName=${name} ${optionsText({ ...nodes, ...options })}`;
}

function optionsText(options: SlurmOptions): string {
  return Object.entries(options)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}
