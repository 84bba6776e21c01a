import { isOfGeneration } from "../domain/generation.ts";
import { expandHostlist } from "../domain/hostlist.ts";
import type { NodesFile } from "../domain/launch-specification.ts";
import { mergeNodesFiles } from "../domain/merge-nodes-files.ts";
import { parseNodesFile } from "../domain/nodes-file.ts";
import { isInUse, readGeneration, readPreviousGeneration } from "../files/generation.ts";
import type { GenerationPaths, StoredGeneration } from "../files/generation.ts";
import type { SlurmNode, SlurmVersion } from "../slurm/control.ts";
import type { FinishContext } from "./finish-context.ts";
import { nodesByName } from "./node-records.ts";

/** The cluster as it stands before a run of finish. */
export interface Observation {
  readonly version: SlurmVersion;
  /** By name; undefined when slurmctld does not answer. */
  readonly nodes: ReadonlyMap<string, SlurmNode> | undefined;
  /** Partitions that jobs name; undefined when slurmctld does not answer. */
  readonly partitionsWithJobs: ReadonlySet<string> | undefined;
  readonly current: StoredGeneration;
  /**
   * The nodes.json of the generation that slurmctld runs with, and what the one on disk tells beyond it; undefined when
   * neither can be used.
   */
  readonly nodesFile: NodesFile | undefined;
  /** True when slurmctld and the slurmds were told of exactly these files. */
  readonly isInUse: boolean;
  /** True when slurmctld runs with exactly these files, although the slurmds may not have been told. */
  readonly isTaken: boolean;
}

type ObservingContext = Pick<FinishContext, "slurm" | "progress">;

export async function observeCluster(
  { slurm, progress }: ObservingContext,
  paths: GenerationPaths,
): Promise<Observation> {
  progress("asking slurmctld for its nodes");
  const current = await readGeneration(paths);
  const isAnswering = await slurm.isAnswering();
  if (!isAnswering) progress("slurmctld does not answer: no node is drained or dropped");
  return {
    version: await slurm.version(),
    nodes: isAnswering ? await nodesByName({ slurm }) : undefined,
    partitionsWithJobs: isAnswering ? await slurm.partitionsWithJobs() : undefined,
    current,
    ...(await observeGeneration({ slurm }, { paths, current, isAnswering })),
  };
}

interface GenerationOnDisk {
  readonly paths: GenerationPaths;
  readonly current: StoredGeneration;
  readonly isAnswering: boolean;
}

/**
 * Which generation slurmctld runs with. A run that was killed after it wrote files and before slurmctld was told leaves
 * files that are not in use: what they say of a node is not what its jobs were started with.
 */
async function observeGeneration(
  { slurm }: Pick<FinishContext, "slurm">,
  { paths, current, isAnswering }: GenerationOnDisk,
): Promise<Pick<Observation, "nodesFile" | "isInUse" | "isTaken">> {
  const written = nodesFileOf(current, paths);
  if (await isInUse(paths, current)) {
    return { nodesFile: written, isInUse: true, isTaken: true };
  }
  const previous = await readPreviousGeneration(paths);
  const earlier = previous && nodesFileOf(previous, paths);
  const slurmConf = current["slurm.conf"];
  // When nobody answers, the last generation that was confirmed is the likeliest.
  const isOnDisk = isAnswering && (await slurm.runsFilesOnDisk());
  const isTaken =
    isOnDisk && written !== undefined && isOfGeneration(slurmConf, written.generation);
  const isEarlier = !isOnDisk || slurmConf === previous?.["slurm.conf"];
  const inUse = isTaken || !isEarlier ? written : earlier;
  return { nodesFile: mergeNodesFiles(inUse, written), isInUse: false, isTaken };
}

function nodesFileOf(stored: StoredGeneration, { files }: GenerationPaths): NodesFile | undefined {
  const text = stored["nodes.json"];
  const parsed = text === undefined ? undefined : parseNodesFile(text, files["nodes.json"]);
  return parsed?.kind === "valid" ? parsed.value : undefined;
}

/** The cloud nodes on the lines of a slurm.conf; those that cannot be read are Slurm's to complain about. */
export function cloudNodesOf(slurmConf: string | undefined): readonly string[] {
  return nodeLinesOf(slurmConf).flatMap((line) => {
    const names = /^NodeName=(\S+).*\bState=CLOUD\b/i.exec(line)?.[1];
    const expanded = names === undefined ? undefined : expandHostlist(names);
    return expanded?.kind === "valid" ? expanded.value : [];
  });
}

/**
 * What slurmctld takes up at its start alone, up to 23.02: nodes, and whether it has a PrologSlurmctld. 22.05.8 shows
 * one that a reconfigure brought, and never runs it (seen).
 */
export function startLinesOf(slurmConf: string | undefined): readonly string[] {
  return linesOf(slurmConf, /^(NodeName|PrologSlurmctld)=/i);
}

/** In the order of the file, which decides nothing in Slurm but is stable in ours. */
function nodeLinesOf(slurmConf: string | undefined): readonly string[] {
  return linesOf(slurmConf, /^NodeName=/i);
}

function linesOf(slurmConf: string | undefined, pattern: RegExp): readonly string[] {
  return (slurmConf ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => pattern.test(line));
}
