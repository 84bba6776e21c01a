import { createHash } from "node:crypto";
import type { ClusterPlan } from "./cluster-plan.ts";
import { gresConfBody, gresTypes } from "./gres-conf.ts";
import type { NodeGroup, NodesFile, SlurmPartition } from "./launch-specification.ts";
import { formatNodesFile } from "./nodes-file.ts";
import { withRetiredPartitions } from "./partitions.ts";
import { longestTimers } from "./power-timers.ts";
import { slurmConfBody } from "./slurm-conf.ts";
import { slurmParameters } from "./slurm-parameters.ts";
import type { SlurmRelease } from "./slurm-release.ts";

/** One set of files that belong together. */
export interface Generation {
  /** A hash of the files' content: the same input gives the same bytes. */
  readonly id: string;
  readonly files: Readonly<Record<GenerationFileName, string>>;
  readonly nodesFile: NodesFile;
}

export type GenerationFileName = "slurm.conf" | "gres.conf" | "nodes.json";

/** In which order they are to be replaced: startnode must know a name before Slurm can ask for it. */
export const GENERATION_FILES: readonly GenerationFileName[] = [
  "nodes.json",
  "gres.conf",
  "slurm.conf",
];

export interface GenerationInput {
  readonly plan: ClusterPlan;
  readonly clusterId: string;
  readonly release: SlurmRelease;
  /** Nodes that the limits no longer name and that are not down yet (retiredGroups). */
  readonly retired: readonly NodeGroup[];
  /** Where the partitions of retired nodes stand that the limits no longer name. */
  readonly previousPartitions: readonly SlurmPartition[];
}

export function buildGeneration(input: GenerationInput): Generation {
  const { plan, clusterId, release, retired } = input;
  const groups = [...plan.groups.map(asNodeGroup), ...retired];
  const partitions = withRetiredPartitions(plan.partitions, input.previousPartitions, retired);
  const parameters = slurmParameters(plan, release, gresTypes(groups));
  const slurmConf = slurmConfBody({ parameters, groups, partitions });
  const gresConf = gresConfBody(groups);
  const timers = longestTimers(plan.timers, partitions);
  const content = { version: 1, clusterId, timers, groups, partitions } as const;
  const id = createHash("sha256")
    .update(JSON.stringify([slurmConf, gresConf, content]))
    .digest("hex")
    .slice(0, 12);
  const { version, ...rest } = content;
  const nodesFile: NodesFile = { version, generation: id, ...rest };
  return {
    id,
    nodesFile,
    files: {
      "nodes.json": formatNodesFile(nodesFile),
      "gres.conf": header(id) + gresConf,
      "slurm.conf": header(id) + slurmConf,
    },
  };
}

/** True when slurm.conf is of the generation that a nodes.json names: a killed run may leave a mixture. */
export function isOfGeneration(slurmConf: string | undefined, id: string): boolean {
  return slurmConf?.startsWith(headerStart(id)) === true;
}

function headerStart(id: string): string {
  return `# Generation ${id},`;
}

/** Without a time: a second run must write the same bytes. */
function header(id: string): string {
  return [
    `${headerStart(id)} written by finish, which replaces this file whole: change limits.yaml and run finish.`,
    "",
    "",
  ].join("\n");
}

/** Without what only the plan's table shows. */
function asNodeGroup({ names, specification, slurm }: NodeGroup): NodeGroup {
  return { names, specification, ...(slurm && { slurm }) };
}
