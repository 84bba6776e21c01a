import { groupBy } from "../domain/group-by.ts";
import { explainFailure } from "../oci/oci-errors.ts";
import type { Instance, InstanceControl } from "../oci/provider.ts";
import { isPresent } from "./is-present.ts";
import type { FailedNode } from "./launch-target.ts";
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
  const present = (await instances.listInstances()).filter(isPresent);
  const byNode = groupBy(present, ({ nodeName }) => nodeName);
  return {
    instances: nodeNames.flatMap((name) => byNode.get(name) ?? []),
    absent: nodeNames.filter((name) => !byNode.has(name)),
  };
}

/**
 * Terminates what findVictims() finds. Safe to repeat; a node without an instance is a success.
 * @throws OciCallError when the instances cannot be listed
 */
export async function stopNodes(
  context: TerminateContext,
  nodeNames: readonly string[],
): Promise<StopReport> {
  const victims = await findVictims(context.instances, nodeNames);
  const refused = await terminateInstances(context, victims.instances);
  const failed = refused.map(({ instance, failure }) => ({
    nodeName: instance.nodeName,
    reason: explainFailure(failure),
  }));
  const isUnstopped = new Set([...victims.absent, ...failed.map(({ nodeName }) => nodeName)]);
  return {
    stopped: nodeNames.filter((name) => !isUnstopped.has(name)),
    absent: victims.absent,
    failed,
  };
}
