import type { FailedNode } from "../domain/failed-node.ts";
import { groupBy } from "../domain/group-by.ts";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import { explainFailure, OciCallError } from "../oci/oci-errors.ts";
import type { Instance, InstanceControl } from "../oci/provider.ts";
import { sleepUntilDeadline } from "./sleep-until-deadline.ts";
import { terminateInstances, type TerminateContext } from "./terminate-instances.ts";

export interface StopReport {
  /** Nodes of which at least one instance was terminated now. */
  readonly stopped: readonly string[];
  /** Nodes that had no instance, or one that was already going. */
  readonly absent: readonly string[];
  readonly failed: readonly FailedNode[];
}

export interface Victims {
  /** What stopNodes() would terminate, in the order of the names. */
  readonly instances: readonly Instance[];
  /** Nodes that have no instance, or one that is already going. */
  readonly absent: readonly string[];
}

/**
 * Every instance behind each node: namesakes too, whatever their state. Only instances with this cluster's tags are
 * seen at all.
 * @throws OciCallError when the instances cannot be listed
 */
export async function findVictims(
  instances: Pick<InstanceControl, "listInstances">,
  nodeNames: readonly string[],
): Promise<Victims> {
  const present = (await instances.listInstances()).filter(isLiving);
  const byNode = groupBy(present, ({ nodeName }) => nodeName);
  return {
    instances: nodeNames.flatMap((name) => byNode.get(name) ?? []),
    absent: nodeNames.filter((name) => !byNode.has(name)),
  };
}

/** Looks again after so long, and after each further look at twice the time. */
const LOOK_DELAY_MS_MIN = 1_000;
const LOOK_DELAY_MS_MAX = 10_000;

export interface StopContext extends TerminateContext {
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
}

/**
 * Terminates what findVictims() finds, and confirms by a list that nothing of it is left; what OCI has accepted and
 * not done is terminated again until the run's deadline. An instance whose termination OCI refuses is left, with a
 * warning. So is one that appears meanwhile: Slurm may want the node again. Safe to repeat; a node without an
 * instance is a success.
 * @throws OciCallError when the instances cannot be listed
 */
export async function stopNodes(
  context: StopContext,
  nodeNames: readonly string[],
): Promise<StopReport> {
  const victims = await findVictims(context.instances, nodeNames);
  const failures = new Map<string, FailedNode>();
  let left = victims.instances;
  let delayMs = LOOK_DELAY_MS_MIN;
  while (left.length > 0) {
    const refused = await terminateInstances(context, left);
    const given = new Set(refused.map(({ instance }) => instance.instanceOcid));
    for (const { instance, failure } of refused) {
      const { nodeName } = instance;
      failures.set(nodeName, { nodeName, reason: explainFailure(failure) });
    }
    left = await stillPresent(
      context,
      left.filter(({ instanceOcid }) => !given.has(instanceOcid)),
    );
    if (left.length > 0 && !(await sleepUntilDeadline(context, delayMs))) break;
    delayMs = Math.min(delayMs * 2, LOOK_DELAY_MS_MAX);
  }
  for (const { nodeName, instanceOcid, lifecycleState } of left) {
    const reason = `OCI accepted the termination, but ${instanceOcid} is still ${lifecycleState}`;
    failures.set(nodeName, { nodeName, reason });
  }
  const isUnstopped = new Set([...victims.absent, ...failures.keys()]);
  return {
    stopped: nodeNames.filter((name) => !isUnstopped.has(name)),
    absent: victims.absent,
    failed: [...failures.values()],
  };
}

/** One list for all of them. When it fails, OCI's acceptance has to do. */
async function stillPresent(
  { instances, log }: StopContext,
  terminated: readonly Instance[],
): Promise<readonly Instance[]> {
  if (terminated.length === 0) return [];
  const ocids = new Set(terminated.map(({ instanceOcid }) => instanceOcid));
  try {
    const listed = await instances.listInstances();
    return listed.filter((instance) => ocids.has(instance.instanceOcid) && isLiving(instance));
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    log.warn("could not confirm that the instances end", { reason: error.message });
    return [];
  }
}
