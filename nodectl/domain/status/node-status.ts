import { usdPerHour } from "../price-list.ts";
import { launchedOffer, shapeLabel, shortDomain, type CapacityType } from "../placement.ts";
import type { LaunchSpecification } from "../launch-specification.ts";
import { noteOf, type Decision } from "../reconcile/decide.ts";
import { isLiving, type InstanceRecord, type InstanceState } from "../reconcile/instance-state.ts";
import type { Claim, NodeSight } from "../reconcile/sight.ts";
import type { SlurmState } from "../reconcile/slurm-state.ts";

/** What is needed of an instance; oci/provider.ts has the rest. */
export interface ShownInstance extends InstanceRecord {
  readonly shape: string;
  readonly shapeConfig?: { readonly ocpus: number; readonly memoryGib: number };
  readonly availabilityDomain: string;
  /** Absent: on-demand. */
  readonly capacityType?: CapacityType;
}

/** What one pass of reconcile would do with a node now, and why. */
export interface NodePlan {
  readonly kind: Exclude<Decision["kind"], "in-order">;
  readonly rule: Extract<Decision, { kind: "act" }>["rule"];
  /** Milliseconds since the epoch: when the node was first seen like this. */
  readonly sinceMs: number;
  /** What the machine itself has left to say about it. */
  readonly note?: string;
}

/** One node as the admin sees it. */
export interface NodeStatus {
  readonly name: string;
  /** unknown: Slurm did not answer. */
  readonly slurmState: SlurmState | "unknown";
  /** Slurm's own words, e.g. `IDLE+CLOUD+POWERED_DOWN`; empty when it has none. */
  readonly slurmWords: string;
  /** Empty when there is none. */
  readonly reason: string;
  /** unknown: OCI did not answer. */
  readonly instanceState: InstanceState | "unknown";
  /** Those that are not ending, the newest first. */
  readonly living: readonly ShownInstance[];
  /** With sizes: of its instance, or what would be launched for it; empty when nothing tells. */
  readonly shape: string;
  /** Short, `PHX-AD-1`: of its instance, or where it would be launched first; `any` when there are several. */
  readonly availabilityDomain: string;
  readonly address: string | undefined;
  readonly claim: Claim;
  /** By list price, 0 without an instance; undefined when a price is not known. */
  readonly usdPerHour: number | undefined;
  /** Since when it is being powered up, milliseconds since the epoch, as far as it is known. */
  readonly wakingSinceMs: number | undefined;
  /** undefined: all is in order, or a side is not seen. */
  readonly plan: NodePlan | undefined;
}

/** What is known beside the node itself. */
export interface NodeSurroundings {
  readonly instances: ReadonlyMap<string, ShownInstance>;
  readonly specifications: ReadonlyMap<string, LaunchSpecification>;
  readonly isSlurmSeen: boolean;
  readonly isOciSeen: boolean;
}

export function nodeStatusOf(
  sight: NodeSight,
  decision: Decision | undefined,
  around: NodeSurroundings,
): NodeStatus {
  const { name, slurm } = sight;
  const living = sight.instances
    .flatMap(({ instanceOcid }) => around.instances.get(instanceOcid) ?? [])
    .filter(isLiving)
    .sort((a, b) => b.timeCreatedMs - a.timeCreatedMs);
  return {
    name,
    slurmState: around.isSlurmSeen ? sight.slurmState : "unknown",
    slurmWords: slurm === undefined ? "" : [slurm.base, ...slurm.flags].join("+"),
    reason: slurm?.reason ?? "",
    instanceState: around.isOciSeen ? sight.instanceState : "unknown",
    living,
    ...offerOf(living[0], around.specifications.get(name)),
    address: addressOf(sight, living),
    claim: sight.claim,
    usdPerHour: around.isOciSeen ? sumOrUndefined(living.map(usdPerHour)) : undefined,
    wakingSinceMs: sight.waking?.sinceMs,
    plan: planOf(decision),
  };
}

/** undefined as soon as one of them is. */
export function sumOrUndefined(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

function offerOf(
  instance: ShownInstance | undefined,
  specification: LaunchSpecification | undefined,
): Pick<NodeStatus, "shape" | "availabilityDomain"> {
  if (instance !== undefined) {
    return {
      shape: shapeLabel(launchedOffer(instance)),
      availabilityDomain: shortDomain(instance.availabilityDomain),
    };
  }
  if (specification === undefined) return { shape: "", availabilityDomain: "" };
  const [first = "", ...others] = specification.availabilityDomains;
  return {
    shape: shapeLabel(specification),
    availabilityDomain: others.length > 0 ? "any" : shortDomain(first),
  };
}

/** OCI's own, or else the one that Slurm was told: the address of a node without any is its name. */
function addressOf(
  { name, addresses = [], slurm }: NodeSight,
  living: readonly ShownInstance[],
): string | undefined {
  if (addresses.length > 0) return addresses.join(",");
  const known = living.flatMap(({ ipAddress }) => ipAddress ?? []);
  if (known.length > 0) return known.join(",");
  const told = slurm?.address ?? name;
  return told === name || living.length === 0 ? undefined : told;
}

function planOf(decision: Decision | undefined): NodePlan | undefined {
  if (decision === undefined || decision.kind === "in-order") return undefined;
  const { kind, rule, node } = decision;
  const note = noteOf(decision);
  return { kind, rule, sinceMs: node.sinceMs, ...(note !== undefined && { note }) };
}
