import type { LaunchTarget } from "../commands/launch-target.ts";
import type { Config } from "../domain/config.ts";
import type { NodesFile, PowerTimers } from "../domain/launch-specification.ts";
import { indexNodes, parseNodesFile } from "../domain/nodes-file.ts";
import type { Checked } from "../domain/result.ts";
import { readInputFile } from "../files/input-file.ts";
import { valueOf } from "./load.ts";

export interface Targets {
  readonly known: readonly LaunchTarget[];
  /** Names that nodes.json does not have. */
  readonly unknown: readonly string[];
  /** Slurm's timers, when the file knows them. */
  readonly timers: PowerTimers | undefined;
}

/** Slurm's 65,536 nodes, should every one of them stand alone. */
const NODES_FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Looks the names up in nodes.json.
 * @throws CommandError when the file cannot be used
 */
export async function loadTargets(config: Config, nodeNames: readonly string[]): Promise<Targets> {
  const file = await loadNodesFile(config);
  const index = indexNodes(file);
  const known: LaunchTarget[] = [];
  const unknown: string[] = [];
  for (const nodeName of nodeNames) {
    const specification = index.get(nodeName);
    if (specification === undefined) unknown.push(nodeName);
    else known.push({ nodeName, specification });
  }
  return { known, unknown, timers: file.timers };
}

/**
 * What finish wrote last.
 * @throws CommandError when the file cannot be used
 */
export async function loadNodesFile(config: Pick<Config, "nodesFile">): Promise<NodesFile> {
  return valueOf(await readNodesFile(config));
}

/** The same, or everything that is wrong with the file. */
export async function readNodesFile({
  nodesFile,
}: Pick<Config, "nodesFile">): Promise<Checked<NodesFile>> {
  const text = await readInputFile(nodesFile, NODES_FILE_BYTES_MAX);
  return text.kind === "valid" ? parseNodesFile(text.value, nodesFile) : text;
}
