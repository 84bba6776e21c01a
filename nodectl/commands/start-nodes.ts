import { isSlurmError } from "../slurm/slurm-command-error.ts";
import { groupBy } from "../domain/group-by.ts";
import type { NodeRecord } from "../domain/node-use.ts";
import { launchNodes } from "./launch-nodes.ts";
import type { LaunchContext, LaunchResult, LaunchTarget } from "./launch-target.ts";
import { reportAddresses, type AddressContext, type AwaitedNode } from "./report-addresses.ts";

export type StartContext = Omit<LaunchContext, "nodeRecords"> & AddressContext;

export interface FailedNode {
  readonly nodeName: string;
  readonly reason: string;
}

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
  await markDown(context, failed);
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

/** Longer than this is cut in every listing of Slurm; the log has the whole. */
const REASON_LENGTH_MAX = 200;

/**
 * Tells Slurm at once, so that it requeues the jobs now and not at ResumeTimeout. Only nodes that Slurm is waking:
 * a failed start by hand must not take a node away.
 */
export async function markDown(
  { slurm, log }: Pick<StartContext, "slurm" | "log">,
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
  { slurm, log }: Pick<StartContext, "slurm" | "log">,
  failed: readonly FailedNode[],
): Promise<void> {
  const waking = new Set(
    (await slurm.listNodes())
      .filter(({ flags }) => flags.has("POWERING_UP"))
      .map(({ name }) => name),
  );
  const told = failed.filter(({ nodeName }) => waking.has(nodeName));
  for (const [reason, nodes] of groupBy(told, slurmReason)) {
    const names = nodes.map(nameOf);
    await slurm.setDown(names, reason);
    log.warn("set nodes down", { nodes: names.join(","), reason });
  }
}

/** One line without what scontrol's argument could misread. */
function slurmReason({ reason }: FailedNode): string {
  const line = `startnode: ${reason}`.replaceAll(/["'\s]+/g, " ").trim();
  return line.length <= REASON_LENGTH_MAX ? line : `${line.slice(0, REASON_LENGTH_MAX - 1)}…`;
}
