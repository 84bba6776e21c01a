import { groupBy } from "../domain/group-by.ts";
import type { Log } from "../domain/log.ts";
import type { SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import type { FailedNode } from "./launch-target.ts";

export interface MarkDownContext {
  readonly slurm: Pick<SlurmControl, "listNodes" | "setDown">;
  readonly log: Log;
}

/** Longer than this is cut in every listing of Slurm; the log has the whole. */
const REASON_LENGTH_MAX = 200;

/**
 * Tells Slurm at once, so that it requeues the jobs now and not at ResumeTimeout. Only nodes that Slurm is waking:
 * a failed start by hand must not take a node away.
 */
export async function markDown(
  { slurm, log }: MarkDownContext,
  failed: readonly FailedNode[],
): Promise<void> {
  for (const { nodeName, reason } of failed)
    log.error("could not start node", { node: nodeName, reason });
  if (failed.length === 0) return;
  try {
    await tellSlurm({ slurm, log }, failed);
  } catch (error) {
    // It is in the log, and ResumeTimeout will tell Slurm.
    if (!isSlurmError(error)) throw error;
    log.error("could not set nodes down", { reason: error.message });
  }
}

async function tellSlurm(
  { slurm, log }: MarkDownContext,
  failed: readonly FailedNode[],
): Promise<void> {
  const waking = new Set(
    (await slurm.listNodes())
      .filter(({ flags }) => flags.has("POWERING_UP"))
      .map(({ name }) => name),
  );
  const told = failed.filter(({ nodeName }) => waking.has(nodeName));
  for (const [reason, nodes] of groupBy(told, slurmReason)) {
    const names = nodes.map(({ nodeName }) => nodeName);
    await slurm.setDown(names, reason);
    log.warn("set nodes down", { nodes: names.join(","), reason });
  }
}

/** One line without what scontrol's argument could misread. */
function slurmReason({ reason }: FailedNode): string {
  const line = `startnode: ${reason}`.replaceAll(/["'\s]+/g, " ").trim();
  return line.length <= REASON_LENGTH_MAX ? line : `${line.slice(0, REASON_LENGTH_MAX - 1)}…`;
}
