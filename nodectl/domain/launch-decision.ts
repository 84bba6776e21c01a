import type { LaunchSpecification, ShapeOffer } from "./launch-specification.ts";

/** What the decision has to know of an instance; oci/provider.ts has the rest. */
export interface NodeInstance {
  readonly instanceOcid: string;
  readonly lifecycleState: string;
  readonly shape: string;
  readonly shapeConfig?: { readonly ocpus: number; readonly memoryGib: number };
  readonly timeCreatedMs: number;
}

export type LaunchDecision<I extends NodeInstance> =
  /** Nothing stands in the way. */
  | { readonly kind: "launch" }
  /** The node has its machine already: from a run that was killed, or a second call for the same resume. */
  | { readonly kind: "adopt"; readonly instance: I }
  /** These hold the host name label without being of use: terminate them, wait, look again. */
  | { readonly kind: "replace"; readonly instances: readonly I[]; readonly reason: string }
  /** On its way out, and still the owner of the host name label: wait, look again. */
  | { readonly kind: "wait"; readonly instances: readonly I[] };

const GONE = new Set(["TERMINATED"]);
const GOING = new Set(["TERMINATING"]);
/** Slurm never asks for these back, and a stopped machine registers with nobody. */
const STOPPED = new Set(["STOPPING", "STOPPED"]);

/** What Slurm says of the node that is to be started. */
export interface NodeUse {
  /** Slurm counts on the machine: terminating it could kill a job. */
  readonly isInUse: boolean;
  /** Boot time of the node's last registration, 0 when it never registered. */
  readonly lastBootTimeMs: number;
  /**
   * The instances that were there when Slurm itself asked for the node: what of them has power booted before that. Empty
   * when a person asks.
   */
  readonly olderOcids: ReadonlySet<string>;
}

/** It has power: its system may have booted, or is just doing so. */
const POWERED_ON = new Set(["RUNNING", "MOVING", "CREATING_IMAGE"]);

/**
 * Decides what the instances that carry a node's name mean for its launch. slurmctld ignores a registration whose
 * boot lies before the resume (node_mgr.c: "Still waiting for boot of node"), so an instance that booted earlier would
 * never be accepted, and the resume would time out again and again: it is replaced.
 */
export function decideLaunch<I extends NodeInstance>(
  specification: LaunchSpecification,
  instances: readonly I[],
  use: NodeUse,
): LaunchDecision<I> {
  const present = instances.filter(({ lifecycleState }) => !GONE.has(lifecycleState));
  const going = present.filter(({ lifecycleState }) => GOING.has(lifecycleState));
  const staying = present.filter(({ lifecycleState }) => !GOING.has(lifecycleState));
  const judged = staying.map((instance) => ({
    instance,
    reason: reasonToReplace(specification, instance, use),
  }));
  const fitting = judged
    .filter(({ reason }) => reason === undefined)
    .map((entry) => entry.instance);
  const newest = newestOf(fitting);
  if (newest !== undefined) return { kind: "adopt", instance: newest };
  const [first] = judged;
  if (first?.reason !== undefined) {
    return { kind: "replace", instances: staying, reason: first.reason };
  }
  return going.length > 0 ? { kind: "wait", instances: going } : { kind: "launch" };
}

/** The instance that was created last, TERMINATED ones included. */
export function newestOf<I extends Pick<NodeInstance, "timeCreatedMs">>(
  instances: readonly I[],
): I | undefined {
  return instances.reduce<I | undefined>(
    (newest, instance) =>
      newest === undefined || instance.timeCreatedMs > newest.timeCreatedMs ? instance : newest,
    undefined,
  );
}

function reasonToReplace(
  specification: LaunchSpecification,
  instance: NodeInstance,
  { isInUse, lastBootTimeMs, olderOcids }: NodeUse,
): string | undefined {
  if (STOPPED.has(instance.lifecycleState)) return `it is ${instance.lifecycleState}`;
  if (isInUse) return undefined;
  const offers: readonly ShapeOffer[] = [specification, ...(specification.alternatives ?? [])];
  const ofShape = offers.filter(({ shape }) => shape === instance.shape);
  if (ofShape.length === 0) return `its shape is ${instance.shape}`;
  if (!ofShape.some((offer) => hasSize(offer, instance)))
    return "its size is not the one in nodes.json";
  // Slurm's record of the last boot is lost when slurmctld dies, hence both.
  const hasServed = instance.timeCreatedMs <= lastBootTimeMs;
  const isOn = olderOcids.has(instance.instanceOcid) && POWERED_ON.has(instance.lifecycleState);
  if (hasServed || isOn) return "it booted before this resume, so Slurm would ignore it";
  return undefined;
}

function hasSize({ shapeConfig: wanted }: ShapeOffer, { shapeConfig }: NodeInstance): boolean {
  if (wanted === undefined) return true;
  return shapeConfig?.ocpus === wanted.ocpus && shapeConfig.memoryGib === wanted.memoryGib;
}
