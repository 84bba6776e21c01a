import { expandHostlist } from "../domain/hostlist.ts";
import type { NodesFile } from "../domain/launch-specification.ts";
import { parseNodesFile } from "../domain/nodes-file.ts";
import { isInUse, readGeneration } from "../files/generation.ts";
import type { GenerationPaths, StoredGeneration } from "../files/generation.ts";
import type { SlurmNode, SlurmVersion } from "../slurm/control.ts";
import type { FinishContext } from "./finish-context.ts";

/** The cluster as it stands before a run of finish. */
export interface Observation {
  readonly version: SlurmVersion;
  /** By name; undefined when slurmctld does not answer. */
  readonly nodes: ReadonlyMap<string, SlurmNode> | undefined;
  /** Partitions that jobs name; undefined when slurmctld does not answer. */
  readonly partitionsWithJobs: ReadonlySet<string> | undefined;
  readonly current: StoredGeneration;
  /** What nodes.json says; undefined when it is not there or cannot be used. */
  readonly nodesFile: NodesFile | undefined;
  /** True when slurmctld has confirmed exactly these files. */
  readonly isInUse: boolean;
}

type ObservingContext = Pick<FinishContext, "slurm" | "progress">;

export async function observeCluster(
  { slurm, progress }: ObservingContext,
  paths: GenerationPaths,
): Promise<Observation> {
  progress("asking slurmctld for its nodes");
  const current = await readGeneration(paths);
  const nodesJson = current["nodes.json"];
  const parsed =
    nodesJson === undefined ? undefined : parseNodesFile(nodesJson, paths.files["nodes.json"]);
  const isAnswering = await slurm.isAnswering();
  if (!isAnswering) progress("slurmctld does not answer: no node is drained or dropped");
  return {
    version: await slurm.version(),
    nodes: isAnswering ? await nodesByName({ slurm }) : undefined,
    partitionsWithJobs: isAnswering ? await slurm.partitionsWithJobs() : undefined,
    current,
    nodesFile: parsed?.kind === "valid" ? parsed.value : undefined,
    isInUse: await isInUse(paths, current),
  };
}

export async function nodesByName({
  slurm,
}: Pick<FinishContext, "slurm">): Promise<ReadonlyMap<string, SlurmNode>> {
  return new Map((await slurm.listNodes()).map((node) => [node.name, node]));
}

/** The cloud nodes on the lines of a slurm.conf; those that cannot be read are Slurm's to complain about. */
export function cloudNodesOf(slurmConf: string | undefined): readonly string[] {
  return nodeLinesOf(slurmConf).flatMap((line) => {
    const names = /^NodeName=(\S+).*\bState=CLOUD\b/i.exec(line)?.[1];
    const expanded = names === undefined ? undefined : expandHostlist(names);
    return expanded?.kind === "valid" ? expanded.value : [];
  });
}

/** In the order of the file, which decides nothing in Slurm but is stable in ours. */
export function nodeLinesOf(slurmConf: string | undefined): readonly string[] {
  return (slurmConf ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^NodeName=/i.test(line));
}
