import type { FailedNode } from "../domain/failed-node.ts";
import { groupBy } from "../domain/group-by.ts";
import { explainFailure } from "../oci/oci-errors.ts";
import { terminateInstances, type TerminateContext } from "./terminate-instances.ts";
import { isPresent } from "./launch-once.ts";

export interface StopReport {
  /** Nodes of which at least one instance was terminated now. */
  readonly stopped: readonly string[];
  /** Nodes that had no instance, or one that was already going. */
  readonly absent: readonly string[];
  readonly failed: readonly FailedNode[];
}

/**
 * Terminates every instance behind each node: namesakes too, whatever their state. Only instances with this cluster's
 * tags are seen at all. Safe to repeat; a node without an instance is a success.
 * @throws OciCallError when the instances cannot be listed
 */
export async function stopNodes(
  context: TerminateContext,
  nodeNames: readonly string[],
): Promise<StopReport> {
  const present = (await context.instances.listInstances()).filter(isPresent);
  const byNode = groupBy(present, ({ nodeName }) => nodeName);
  const victims = nodeNames.flatMap((name) => byNode.get(name) ?? []);
  const refused = await terminateInstances(context, victims);
  const failed = refused.map(({ instance, failure }) => ({
    nodeName: instance.nodeName,
    reason: explainFailure(failure),
  }));
  const isFailed = new Set(failed.map(({ nodeName }) => nodeName));
  return {
    stopped: nodeNames.filter((name) => byNode.has(name) && !isFailed.has(name)),
    absent: nodeNames.filter((name) => !byNode.has(name)),
    failed,
  };
}
