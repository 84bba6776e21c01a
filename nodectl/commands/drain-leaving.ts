import type { SlurmNode } from "../slurm/control.ts";
import type { FinishContext } from "./finish-context.ts";
import { nodesByName } from "./node-records.ts";
import { decideRetirement, nodesToDrain, RETIRE_REASON } from "./retire-nodes.ts";
import type { Retirement } from "./retire-nodes.ts";

export interface LeavingNodes {
  readonly drained: readonly string[];
  readonly retirement: Retirement;
}

/**
 * Closes the nodes that the limits no longer name for new jobs, looks again, and decides which may go now. Looking
 * again matters: a job may have started on a node between the first look and the drain.
 */
export async function drainAndDecide(
  { slurm, progress }: Pick<FinishContext, "slurm" | "progress">,
  leaving: readonly string[],
  nodes: ReadonlyMap<string, SlurmNode> | undefined,
  isDryRun: boolean,
): Promise<LeavingNodes> {
  const drained = nodes === undefined ? [] : nodesToDrain(leaving, nodes);
  if (nodes === undefined || drained.length === 0) {
    return { drained, retirement: decideRetirement(leaving, nodes) };
  }
  if (isDryRun) {
    return { drained, retirement: decideRetirement(leaving, asIfDrained(nodes, drained)) };
  }
  progress(`draining ${drained.length} nodes that are no longer in the limits`);
  await slurm.drain(drained, RETIRE_REASON);
  return { drained, retirement: decideRetirement(leaving, await nodesByName({ slurm })) };
}

function asIfDrained(
  nodes: ReadonlyMap<string, SlurmNode>,
  drained: readonly string[],
): ReadonlyMap<string, SlurmNode> {
  const after = new Map(nodes);
  for (const name of drained) {
    const node = nodes.get(name);
    if (node !== undefined) {
      after.set(name, { ...node, flags: new Set([...node.flags, "DRAIN"]) });
    }
  }
  return after;
}
