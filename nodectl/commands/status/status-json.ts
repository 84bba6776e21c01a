import { PRICE_LIST_DATE, usdPerHour } from "../../domain/price-list.ts";
import { billOf, type ClusterStatus } from "../../domain/status/cluster-status.ts";
import type { CoolDown } from "../../domain/status/cool-downs.ts";
import type { NodePlan, NodeStatus, ShownInstance } from "../../domain/status/node-status.ts";

/**
 * The object that `citc status --json` prints. Keys are only ever added while `version` stays. Times are ISO 8601 in UTC; what is
 * not known is null.
 */
export function statusJson(status: ClusterStatus): object {
  const { instances, usdPerHour: usd, unpriced } = billOf(status.nodes);
  const isOciSeen = status.ociBlindness === undefined;
  return {
    version: 1,
    clusterId: status.clusterId,
    time: isoTime(status.nowMs),
    slurmNotSeen: status.slurmBlindness ?? null,
    ociNotSeen: status.ociBlindness ?? null,
    instanceCount: isOciSeen ? instances : null,
    usdPerHour: isOciSeen ? roundUsd(usd) : null,
    instancesOfUnknownPrice: isOciSeen ? unpriced : null,
    priceListDate: PRICE_LIST_DATE,
    lastReconcile: status.lastPassMs === 0 ? null : isoTime(status.lastPassMs),
    pause: orNull(status.pause, ({ who, sinceMs, reason }) => ({
      ...{ who, reason },
      since: orNull(sinceMs, isoTime),
    })),
    warnings: status.warnings.map(({ id, what, advice, nodes }) => ({ id, what, advice, nodes })),
    coolDowns: status.coolDowns.map(describeCoolDown),
    nodes: status.nodes.map((node) => describeNode(node, status.nowMs)),
  };
}

/** Of failed boots no place is left out, and no kind of capacity. */
function describeCoolDown(coolDown: CoolDown): object {
  const { shape, kind, untilMs, message } = coolDown;
  const isBoot = coolDown.kind === "boot";
  return {
    shape,
    availabilityDomain: isBoot ? null : coolDown.availabilityDomain,
    capacityType: isBoot ? null : coolDown.capacityType,
    imageOcid: isBoot ? coolDown.imageOcid : null,
    kind,
    until: isoTime(untilMs),
    message,
  };
}

function describeNode(node: NodeStatus, nowMs: number): object {
  return {
    node: node.name,
    slurmState: node.slurmState,
    slurmWords: node.slurmWords,
    reason: node.reason,
    instanceState: node.instanceState,
    shape: node.shape,
    availabilityDomain: node.availabilityDomain,
    address: node.address ?? null,
    claim: node.claim,
    usdPerHour: orNull(node.usdPerHour, roundUsd),
    wakingSince: orNull(node.wakingSinceMs, isoTime),
    plan: orNull(node.plan, describePlan),
    instances: node.living.map((instance) => describeInstance(instance, nowMs)),
  };
}

function describePlan({ kind, rule, sinceMs }: NodePlan): object {
  const { id, action, patience, why } = rule;
  return { kind, rule: id, action, patience, why, since: isoTime(sinceMs) };
}

function describeInstance(instance: ShownInstance, nowMs: number): object {
  const { instanceOcid, lifecycleState, shape, shapeConfig, timeCreatedMs } = instance;
  return {
    instanceOcid,
    lifecycleState,
    shape,
    ocpus: shapeConfig?.ocpus ?? null,
    memoryGib: shapeConfig?.memoryGib ?? null,
    availabilityDomain: instance.availabilityDomain,
    capacityType: instance.capacityType ?? "on-demand",
    timeCreated: isoTime(timeCreatedMs),
    ageSeconds: Math.floor((nowMs - timeCreatedMs) / 1000),
    usdPerHour: orNull(usdPerHour(instance), roundUsd),
  };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** A millionth: what stands behind it is the arithmetic's. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

function orNull<Value, Shown>(
  value: Value | undefined,
  show: (value: Value) => Shown,
): Shown | null {
  return value === undefined ? null : show(value);
}
