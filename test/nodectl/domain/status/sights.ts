import type { ClusterSight } from "../../../../nodectl/domain/status/cluster-status.ts";
import type {
  NodePlan,
  NodeStatus,
  ShownInstance,
} from "../../../../nodectl/domain/status/node-status.ts";

export const NOW_MS = Date.parse("2026-11-25T14:00:00Z");
export const MINUTE_MS = 60_000;

export const RULE: NodePlan["rule"] = {
  id: "down-machine",
  slurm: ["down-slurm"],
  instance: ["running"],
  patience: "second-look",
  action: "power-down",
  why: "the node is DOWN and takes no jobs",
};

export const REPORT_RULE: NodePlan["rule"] = {
  id: "inspected",
  slurm: ["down-admin"],
  instance: ["running"],
  patience: "none",
  action: "report",
  why: "a person set the node DOWN: it is left for inspection, and is billed",
};

export function nodeName(number: number, shape = "vm-standard-e4-flex-8-64-ad1"): string {
  return `${shape}-${String(number).padStart(4, "0")}`;
}

/** A VM.Standard.E4.Flex of 8 OCPUs and 64 GB, running for five minutes: 0.296 $ an hour. */
export function instance(overrides: Partial<ShownInstance> = {}): ShownInstance {
  return {
    instanceOcid: "ocid1.instance.oc1.phx.abcdefghijklmnop",
    nodeName: nodeName(1),
    lifecycleState: "RUNNING",
    shape: "VM.Standard.E4.Flex",
    shapeConfig: { ocpus: 8, memoryGib: 64 },
    availabilityDomain: "Uocm:PHX-AD-1",
    timeCreatedMs: NOW_MS - 5 * MINUTE_MS,
    ...overrides,
  };
}

/** Powered down, and all is in order. */
export function offNode(overrides: Partial<NodeStatus> = {}): NodeStatus {
  return {
    name: nodeName(1),
    slurmState: "off",
    slurmWords: "IDLE+CLOUD+POWERED_DOWN",
    reason: "",
    instanceState: "none",
    living: [],
    shape: "VM.Standard.E4.Flex.8.64",
    availabilityDomain: "PHX-AD-1",
    address: undefined,
    claim: "wanted",
    usdPerHour: 0,
    wakingSinceMs: undefined,
    plan: undefined,
    ...overrides,
  };
}

/** Up, with an instance. */
export function upNode(overrides: Partial<NodeStatus> = {}): NodeStatus {
  return offNode({
    slurmState: "busy",
    slurmWords: "ALLOCATED+CLOUD",
    instanceState: "running",
    living: [instance()],
    usdPerHour: 0.296,
    address: "10.0.0.7",
    ...overrides,
  });
}

/** Nothing is wrong with it. */
export function sight(overrides: Partial<ClusterSight> = {}): ClusterSight {
  return {
    clusterId: "clustera",
    nowMs: NOW_MS,
    slurmBlindness: undefined,
    ociBlindness: undefined,
    nodes: [],
    doubts: [],
    lastPassMs: NOW_MS - 24_000,
    coolDowns: [],
    pause: undefined,
    bootLimitMs: 12 * MINUTE_MS,
    orphanGraceMs: 5 * MINUTE_MS,
    runDeadlineMs: 10 * MINUTE_MS,
    userDataFile: "/home/slurm/bootstrap.sh",
    ...overrides,
  };
}
