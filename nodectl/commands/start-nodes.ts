import type { FailedNode } from "../domain/failed-node.ts";
import type { NodeRecord } from "../domain/node-use.ts";
import { failNodes, type FailContext } from "./fail-nodes.ts";
import { launchNodes } from "./launch-nodes.ts";
import type { LaunchContext, LaunchResult, LaunchTarget } from "./launch-target.ts";
import { reportAddresses, type AddressContext, type AwaitedNode } from "./report-addresses.ts";

export type StartContext = Omit<LaunchContext, "nodeRecords"> & AddressContext & FailContext;

export interface StartReport {
  readonly launched: readonly string[];
  readonly adopted: readonly string[];
  /** Accepted by OCI, but without an address when the deadline came. */
  readonly unaddressed: readonly string[];
  readonly failed: readonly FailedNode[];
}

/**
 * Launches the instance behind each node and tells Slurm its address, or, when there is none to be had, why. Safe to
 * repeat: whatever a killed run had reached is adopted. Every node ends in exactly one of the report's lists.
 */
export async function startNodes(
  context: StartContext,
  targets: readonly LaunchTarget[],
): Promise<StartReport> {
  const results = await launchAll(context, targets);
  const accepted = results.filter((result) => result.kind !== "failed");
  const { died, unresolved } = await reportAddresses(context, accepted);
  const failed = [
    ...results.flatMap((result) =>
      result.kind === "failed" ? [{ nodeName: result.nodeName, reason: result.reason }] : [],
    ),
    ...died.map(asFailed),
  ];
  for (const { nodeName } of unresolved)
    context.log.warn("found no address in time", { node: nodeName });
  await failNodes(context, failed);
  const dead = new Set(died.map(({ nodeName }) => nodeName));
  const namesOf = (kind: LaunchResult["kind"]): string[] =>
    accepted.filter((result) => result.kind === kind && !dead.has(result.nodeName)).map(nameOf);
  return {
    launched: namesOf("launched"),
    adopted: namesOf("adopted"),
    unaddressed: unresolved.map(nameOf),
    failed,
  };
}

async function launchAll(
  context: StartContext,
  targets: readonly LaunchTarget[],
): Promise<LaunchResult[]> {
  const nodeRecords = async (): Promise<ReadonlyMap<string, NodeRecord>> =>
    new Map((await context.slurm.listNodes()).map((node) => [node.name, node]));
  return await launchNodes({ ...context, nodeRecords }, targets);
}

function nameOf({ nodeName }: { readonly nodeName: string }): string {
  return nodeName;
}

function asFailed({ nodeName, instance }: AwaitedNode): FailedNode {
  return {
    nodeName,
    reason: `OCI accepted the launch and then gave it up (${instance.instanceOcid})`,
  };
}
