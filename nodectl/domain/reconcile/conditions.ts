import { retryTimeOf } from "../failed-node.ts";
import { isLiving, type InstanceRecord } from "./instance-state.ts";
import type { Condition } from "./rules.ts";
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
    case "past-run-deadline":
      return nowMs - (node.waking?.sinceMs ?? nowMs) > limits.runDeadlineMs;
    case "other-address":
      return newAddressOf(node) !== undefined;
    case "has-owner":
      return ownerOf(node) !== undefined;
    case "not-heard":
      return node.slurm?.flags.has("NOT_RESPONDING") === true;
  }
}

/** The address to tell Slurm: the only one that carries the node's name, when Slurm has another. */
export function newAddressOf({ addresses = [], slurm }: NodeSight): string | undefined {
  const [address, ...more] = addresses;
  const isNews = address !== undefined && more.length === 0 && address !== slurm?.address;
  return isNews ? address : undefined;
}

/** Of several living namesakes the one that Slurm talks to; undefined when that is not known for sure. */
export function ownerOf(node: NodeSight): InstanceRecord | undefined {
  const address = node.slurm?.address;
  const owners = livingOf(node).filter(
    ({ ipAddress }) => ipAddress !== undefined && ipAddress === address,
  );
  return owners.length === 1 ? owners[0] : undefined;
}

export function livingOf(node: NodeSight): readonly InstanceRecord[] {
  return node.instances.filter(isLiving);
}

function retryMsOf({ slurm }: NodeSight): number | undefined {
  return slurm === undefined ? undefined : retryTimeOf(slurm.reason);
}
