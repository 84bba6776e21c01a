import { errorText } from "../../domain/error-text.ts";
import type { SpaceSight } from "../../domain/doctor/free-space.ts";
import type { LaunchSpecification } from "../../domain/launch-specification.ts";
import { lookAtNodes } from "../../domain/reconcile/look.ts";
import { NO_MEMORY, parseMemory, type ReconcileMemory } from "../../domain/reconcile/memory.ts";
import type { Pause } from "../../domain/pause.ts";
import type { NodeSight } from "../../domain/reconcile/sight.ts";
import type { ClusterSight, ClusterStatus } from "../../domain/status/cluster-status.ts";
import { coolDownsOf, type CoolDown } from "../../domain/status/cool-downs.ts";
import { nodeStatusOf, type NodeStatus } from "../../domain/status/node-status.ts";
import { warningsOf } from "../../domain/status/warnings.ts";
import type { CapacityStore } from "../../files/capacity-file.ts";
import type { ObserveContext } from "../reconcile/observe.ts";
import type { MemoryStore } from "../reconcile/reconcile.ts";
import { lookAtBothSides, type BothSides } from "./both-sides.ts";

export interface StatusContext extends ObserveContext {
  readonly clusterId: string;
  readonly userDataFile: string;
  /** What nodes.json says of its names. */
  readonly specifications: ReadonlyMap<string, LaunchSpecification>;
  readonly capacity: Pick<CapacityStore, "read">;
  /** The pause that is in force. */
  readonly readPause: () => Promise<Pause | undefined>;
  /** What is left on the file systems that the cluster writes to. Throws the system's error. */
  readonly lookAtSpace: () => Promise<readonly SpaceSight[]>;
  /** What the last pass of reconcile left; only read. */
  readonly memory: Pick<MemoryStore, "read">;
}

/**
 * Looks at both sides once, as a pass of reconcile does, and changes nothing. When one side does not answer, the other is
 * shown, without what needs both.
 */
export async function lookAtCluster(context: StatusContext): Promise<ClusterStatus> {
  const memory = await recall(context);
  const sides = await lookAtBothSides(context, memory.value);
  const nowMs = context.clock.now();
  const coolDowns = await readCoolDowns(context, nowMs);
  const space = await readSpace(context);
  const sight: ClusterSight = {
    clusterId: context.clusterId,
    nowMs,
    slurmBlindness: sides.slurm.blindness,
    ociBlindness: sides.oci.blindness,
    nodes: describeNodes(context, sides, { memory: memory.value, nowMs }),
    doubts: [...sides.doubts, ...memory.doubts, ...coolDowns.doubts, ...space.doubts],
    space: space.value,
    lastPassMs: memory.value.passMs,
    coolDowns: coolDowns.value,
    pause: await context.readPause(),
    bootLimitMs: context.limits.bootLimitMs,
    orphanGraceMs: context.limits.orphanGraceMs,
    runDeadlineMs: context.limits.runDeadlineMs,
    userDataFile: context.userDataFile,
  };
  return { ...sight, warnings: warningsOf(sight) };
}

function describeNodes(
  { specifications, claims }: StatusContext,
  { slurm, oci, observed }: BothSides,
  { memory, nowMs }: { readonly memory: ReconcileMemory; readonly nowMs: number },
): readonly NodeStatus[] {
  const { list: slurmNodes = [] } = slurm;
  const { list: instances = [] } = oci;
  const lists = { slurmNodes, instances, addresses: undefined, claims, nowMs };
  const sights: readonly NodeSight[] = observed?.nodes ?? lookAtNodes(lists, memory);
  const decisions = new Map(
    (observed?.decisions ?? []).map((decision) => [decision.node.name, decision]),
  );
  const around = {
    instances: new Map(instances.map((instance) => [instance.instanceOcid, instance])),
    specifications,
    isSlurmSeen: slurm.blindness === undefined,
    isOciSeen: oci.blindness === undefined,
  };
  return sights
    .map((sight) => nodeStatusOf(sight, decisions.get(sight.name), around))
    .filter(isWorthALine)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** TERMINATED records of names that Slurm does not have are nobody's. */
function isWorthALine({ slurmState, living }: NodeStatus): boolean {
  return living.length > 0 || (slurmState !== "absent" && slurmState !== "unknown");
}

/** What a file says, and what is wrong with it. */
interface Read<Value> {
  readonly value: Value;
  readonly doubts: readonly string[];
}

async function recall({ memory }: StatusContext): Promise<Read<ReconcileMemory>> {
  try {
    return { value: parseMemory(await memory.read()), doubts: [] };
  } catch (error) {
    const doubts = [`what the last pass of reconcile saw cannot be read: ${errorText(error)}`];
    return { value: NO_MEMORY, doubts };
  }
}

async function readSpace({ lookAtSpace }: StatusContext): Promise<Read<readonly SpaceSight[]>> {
  try {
    return { value: await lookAtSpace(), doubts: [] };
  } catch (error) {
    return { value: [], doubts: [`how full the disks are cannot be seen: ${errorText(error)}`] };
  }
}

async function readCoolDowns(
  { capacity }: StatusContext,
  nowMs: number,
): Promise<Read<readonly CoolDown[]>> {
  try {
    return { value: coolDownsOf(await capacity.read(), nowMs), doubts: [] };
  } catch (error) {
    return { value: [], doubts: [`the cool-downs cannot be read: ${errorText(error)}`] };
  }
}
