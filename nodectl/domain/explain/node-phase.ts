import { comingTryOf } from "../failed-node.ts";
import { newestOf } from "../launch-decision.ts";
import { isLiving } from "../reconcile/instance-state.ts";
import { slurmStateOf } from "../reconcile/slurm-state.ts";
import type { ClusterFacts, Machine } from "./facts.ts";

/** How far a node has come on its way from "off" to "up". Exactly one of these. */
export type NodePhase =
  /** Slurm means to wake it, or is just about to. */
  | { readonly kind: "to-be-woken" }
  /** Slurm wakes it, and OCI has no instance of it yet: startnode asks for one. */
  | { readonly kind: "launching"; readonly sinceMs: number | undefined }
  /** OCI has accepted the launch and makes the machine. */
  | { readonly kind: "provisioning"; readonly machine: Machine }
  /** The machine has power; its slurmd has not registered. */
  | { readonly kind: "booting"; readonly machine: Machine }
  /** Slurm wakes it, and OCI could not be asked how far it is. */
  | {
      readonly kind: "waking";
      readonly sinceMs: number | undefined;
      /** When OCI accepted its launch, as the log has it; undefined when it does not. */
      readonly launchedMs: number | undefined;
    }
  /** Its slurmd has registered and is heard. */
  | { readonly kind: "up" }
  /** It was given up, or could not be started: its reason tells which. */
  | { readonly kind: "failed"; readonly retryAtMs: number | undefined; readonly reason: string }
  /** Slurm powers it down. */
  | { readonly kind: "going" }
  | { readonly kind: "not-heard" }
  /** DOWN or drained, for another reason. */
  | { readonly kind: "out-of-service"; readonly reason: string; readonly by: string };

const MAKING = new Set(["PROVISIONING", "STARTING"]);

/** @param sinceMs when the job was given the node; Slurm does not tell when a power-up began */
export function phaseOf(nodeName: string, facts: ClusterFacts, sinceMs?: number): NodePhase {
  const record = facts.nodes.get(nodeName);
  const state = slurmStateOf(record);
  switch (state) {
    case "waking":
      return wakingPhase(
        nodeName,
        facts,
        facts.decisions?.get(nodeName)?.node.waking?.sinceMs ?? sinceMs,
      );
    case "off":
      return { kind: "to-be-woken" };
    case "idle":
    case "busy":
    case "leaving":
      return { kind: "up" };
    case "silent":
      return { kind: "not-heard" };
    case "going":
      return record !== undefined && comingTryOf(record.reason, facts.nowMs) !== undefined
        ? failed(record.reason, facts)
        : { kind: "going" };
    case "off-down-ours":
    case "waking-down":
    case "down-ours":
      return failed(record?.reason ?? "", facts);
    case "absent":
    case "off-down-slurm":
    case "off-down-admin":
    case "waking-down-admin":
    case "down-slurm":
    case "down-admin":
    case "invalid":
    case "drain-ours":
    case "drain-slurm":
    case "drain-admin":
      return {
        kind: "out-of-service",
        reason: record?.reason ?? "Slurm does not know it",
        by: record?.reasonUser ?? "",
      };
  }
}

function failed(reason: string, { nowMs }: ClusterFacts): NodePhase {
  return { kind: "failed", retryAtMs: comingTryOf(reason, nowMs), reason };
}

function wakingPhase(
  nodeName: string,
  { machines, log }: ClusterFacts,
  sinceMs: number | undefined,
): NodePhase {
  if (machines === undefined) {
    return { kind: "waking", sinceMs, launchedMs: launchOf(nodeName, log, sinceMs) };
  }
  const living = (machines.get(nodeName) ?? []).filter(isLiving);
  const machine = newestOf(living);
  if (machine === undefined) return { kind: "launching", sinceMs };
  return { kind: MAKING.has(machine.lifecycleState) ? "provisioning" : "booting", machine };
}

/** Slurm counts in whole seconds. */
const ROUNDING_MS = 1000;

function launchOf(
  nodeName: string,
  log: ClusterFacts["log"],
  sinceMs: number | undefined,
): number | undefined {
  if (sinceMs === undefined) return undefined;
  return log.findLast(
    ({ event, nodeNames, timeMs }) =>
      event === "launched instance" &&
      nodeNames.includes(nodeName) &&
      timeMs >= sinceMs - ROUNDING_MS,
  )?.timeMs;
}
