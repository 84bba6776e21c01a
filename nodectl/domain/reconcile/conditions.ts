import { retryTimeOf } from "../failed-node.ts";
import { newestOf } from "../launch-decision.ts";
import { isLiving, type InstanceRecord } from "./instance-state.ts";
import type { Condition } from "./rule.ts";
import type { Circumstances, NodeSight } from "./sight.ts";
import { hasJobs } from "./slurm-state.ts";

/** Whether the condition of a rule holds; the words of each stand in CONDITIONS. */
export function holds(condition: Condition, node: NodeSight, around: Circumstances): boolean {
  const { nowMs, limits } = around;
  switch (condition) {
    case "unclaimed":
      return node.claim === "unclaimed";
    case "not-wanted":
      return node.claim !== "wanted" && node.slurm !== undefined && !hasJobs(node.slurm);
    case "retry-due":
      return (retryMsOf(node) ?? 0) <= nowMs;
    case "retry-later":
      return node.slurm?.base !== "DOWN" && (retryMsOf(node) ?? 0) > nowMs;
    case "past-boot-limit":
      return livingOf(node).every(
        ({ timeCreatedMs }) => nowMs - timeCreatedMs > limits.bootLimitMs,
      );
    case "has-note":
      return node.note !== undefined;
    case "was-launched":
      return node.waking?.isLaunched === true;
    case "past-run-deadline":
      return nowMs - (node.waking?.sinceMs ?? nowMs) > limits.runDeadlineMs;
    case "other-address":
      return newAddressOf(node) !== undefined;
    case "has-owner":
      return ownerOf(node) !== undefined;
    case "not-heard":
      return node.slurm?.flags.has("NOT_RESPONDING") === true;
    case "silent-invalid":
      return isSilentInvalid(node);
    case "has-jobs":
      return node.slurm !== undefined && hasJobs(node.slurm);
    case "retired-open":
      return node.claim === "retired" && node.slurm?.flags.has("DRAIN") === false;
  }
}

/** The address to tell Slurm: the only one that carries the node's name, when Slurm has another. */
export function newAddressOf({ addresses = [], slurm }: NodeSight): string | undefined {
  const [address, ...more] = addresses;
  const isNews = address !== undefined && more.length === 0 && address !== slurm?.address;
  return isNews ? address : undefined;
}

/**
 * Of several living namesakes the one that Slurm talks to. While the node wakes no job runs on any of them: it is the one
 * whose address has the node's name in OCI, as startnode's has; and while Slurm has no address either the newest, because
 * slurmctld ignores a machine that booted before the request. Undefined when it is not known for sure.
 */
export function ownerOf(node: NodeSight): InstanceRecord | undefined {
  const { slurm, slurmState, addresses = [] } = node;
  const living = livingOf(node);
  const at = (wanted: readonly string[]): readonly InstanceRecord[] =>
    living.filter(({ ipAddress }) => ipAddress !== undefined && wanted.includes(ipAddress));
  const owners = at(slurm === undefined ? [] : [slurm.address]);
  if (owners.length > 0) return onlyOf(owners);
  if (slurmState !== "waking") return undefined;
  const named = at(addresses);
  if (named.length > 0) return onlyOf(named);
  return slurm?.address === node.name ? newestOf(living) : undefined;
}

function onlyOf([only, ...more]: readonly InstanceRecord[]): InstanceRecord | undefined {
  return more.length === 0 ? only : undefined;
}

export function livingOf(node: NodeSight): readonly InstanceRecord[] {
  return node.instances.filter(isLiving);
}

/** Its last job may be COMPLETING for ever. */
function isSilentInvalid({ slurm }: NodeSight): boolean {
  if (slurm === undefined || slurm.base === "ALLOCATED" || slurm.base === "MIXED") return false;
  return slurm.flags.has("INVALID_REG") && slurm.flags.has("NOT_RESPONDING");
}

function retryMsOf({ slurm }: NodeSight): number | undefined {
  return slurm === undefined ? undefined : retryTimeOf(slurm.reason);
}
