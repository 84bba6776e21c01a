import { FINISH_PREFIX } from "../domain/reconcile/reasons.ts";
import { hasJobs } from "../domain/reconcile/slurm-state.ts";
import type { SlurmNode } from "../slurm/control.ts";

export const RETIRE_REASON = `${FINISH_PREFIX} no longer in limits.yaml`;

/** A node that keeps its line although the limits no longer name it. */
export interface RetiringNode {
  readonly name: string;
  readonly because: "runs a job" | "is waking" | "is on" | "is powering down" | "is not known";
}

/** What becomes of the nodes that the limits no longer name. */
export interface Retirement {
  /** May lose their lines now: drained, off, and without a job. */
  readonly dropped: readonly string[];
  /** Keep their lines until a later finish. */
  readonly retiring: readonly RetiringNode[];
}

/**
 * The nodes to drain. Not those that wake for a job: draining a node that is powering up requeues its job at once
 * (seen on 22.05.8 and 24.11.5), and with --no-requeue that loses it. Draining twice does no harm.
 */
export function nodesToDrain(
  leaving: readonly string[],
  nodes: ReadonlyMap<string, SlurmNode>,
): readonly string[] {
  return leaving.filter((name) => {
    const node = nodes.get(name);
    const isWakingForJob = node !== undefined && hasJobs(node) && node.flags.has("POWERING_UP");
    return node !== undefined && !node.flags.has("DRAIN") && !isWakingForJob;
  });
}

/**
 * Decides after draining, on nodes observed anew. Removing the line of a node with a job kills the job on Slurm up to
 * 23.02 and requeues or loses it later (24.11.5); removing that of a node that is on leaves its instance
 * running, because SuspendProgram is not called for it any more.
 */
export function decideRetirement(
  leaving: readonly string[],
  nodes: ReadonlyMap<string, SlurmNode> | undefined,
): Retirement {
  const dropped: string[] = [];
  const retiring: RetiringNode[] = [];
  for (const name of leaving) {
    const because = nodes === undefined ? "is not known" : whyItStays(nodes.get(name));
    if (because === undefined) {
      dropped.push(name);
    } else {
      retiring.push({ name, because });
    }
  }
  return { dropped, retiring };
}

/** A node that slurmctld does not have can lose nothing. */
function whyItStays(node: SlurmNode | undefined): RetiringNode["because"] | undefined {
  if (node === undefined) {
    return undefined;
  }
  if (node.flags.has("POWERING_UP")) {
    return "is waking";
  }
  if (hasJobs(node)) {
    return "runs a job";
  }
  if (node.flags.has("POWERING_DOWN") || node.flags.has("POWER_DOWN")) {
    return "is powering down";
  }
  const isClosed = node.flags.has("DRAIN") || node.base === "DOWN";
  return node.flags.has("POWERED_DOWN") && isClosed ? undefined : "is on";
}

/** True when nothing of the node runs and no job is bound to it: its line may change in every way. */
export function isAtRest(node: SlurmNode | undefined): boolean {
  const because = whyItStays(node);
  return because === undefined || (because === "is on" && node?.flags.has("POWERED_DOWN") === true);
}

/** The nodes that finish drained and that the limits name again. Drains and DOWN of others are not ours to undo. */
export function nodesToReturn(
  wanted: Iterable<string>,
  nodes: ReadonlyMap<string, SlurmNode>,
): readonly string[] {
  return [...wanted].filter((name) => {
    const node = nodes.get(name);
    return node?.flags.has("DRAIN") === true && node.reason.startsWith(FINISH_PREFIX);
  });
}
