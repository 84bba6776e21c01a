import type {
  InstanceRecord,
  InstanceState,
} from "../../../../nodectl/domain/reconcile/instance-state.ts";
import type { Condition } from "../../../../nodectl/domain/reconcile/rule.ts";
import type { Circumstances, NodeSight } from "../../../../nodectl/domain/reconcile/sight.ts";
import type { SlurmRecord, SlurmState } from "../../../../nodectl/domain/reconcile/slurm-state.ts";

export const NOW = Date.parse("2026-11-25T14:00:00Z");
export const MINUTE_MS = 60_000;
export const NODE = "n1";
const ADDRESS = "10.0.0.5";
const OTHER_ADDRESS = "10.0.0.9";
const OLD_MS = NOW - 60 * MINUTE_MS;

export const AROUND: Circumstances = {
  nowMs: NOW,
  isInstanceListWhole: true,
  limits: {
    orphanGraceMs: 5 * MINUTE_MS,
    bootLimitMs: 120 * MINUTE_MS,
    runDeadlineMs: 10 * MINUTE_MS,
  },
};

/** `BASE+FLAG+… USER: REASON`, as they were seen. */
export function record(text: string, address = ADDRESS): SlurmRecord {
  const [, states = "", reasonUser = "", reason = ""] =
    /^(\S+)(?: ([a-z]*): (.*))?$/.exec(text) ?? [];
  const [base = "", ...flags] = states.split("+");
  return { name: NODE, base, flags: new Set(["CLOUD", ...flags]), address, reason, reasonUser };
}

/** One record of each state. */
export const RECORDS: Readonly<Record<Exclude<SlurmState, "absent">, string>> = {
  off: "IDLE+POWERED_DOWN",
  "off-down-ours":
    "DOWN+POWERED_DOWN root: startnode: no room [next try 2026-11-25T15:00:00+00:00]",
  "off-down-slurm": "DOWN+POWERED_DOWN slurm: ResumeTimeout reached",
  "off-down-admin": "DOWN+POWERED_DOWN root: bad disk",
  waking: "ALLOCATED+NOT_RESPONDING+POWERING_UP",
  "waking-down": "DOWN+NOT_RESPONDING+POWERING_UP slurm: startnode: no room",
  "waking-down-admin": "DOWN+NOT_RESPONDING+POWERING_UP root: bad disk",
  going: "IDLE+POWERING_DOWN",
  leaving: "ALLOCATED+POWER_DOWN",
  idle: "IDLE",
  busy: "MIXED",
  silent: "ALLOCATED+NOT_RESPONDING",
  invalid: "IDLE+DRAIN+INVALID_REG slurm: Low RealMemory (reported:1 < 90.00% of configured:2)",
  "down-ours": "DOWN root: reconcile: lost",
  "down-slurm": "DOWN+NOT_RESPONDING slurm: Not responding",
  "down-admin": "DOWN+NOT_RESPONDING root: bad disk",
  "drain-ours": "IDLE+DRAIN root: finish: no longer in limits.yaml",
  "drain-slurm": "IDLE+DRAIN slurm: Prolog error",
  "drain-admin": "IDLE+DRAIN root: bad disk",
};

export function instance(
  lifecycleState: string,
  overrides: Partial<InstanceRecord> = {},
): InstanceRecord {
  return {
    instanceOcid: "i-1",
    nodeName: NODE,
    lifecycleState,
    timeCreatedMs: OLD_MS,
    ...overrides,
  };
}

const INSTANCES: Readonly<Record<InstanceState, readonly InstanceRecord[]>> = {
  none: [],
  starting: [instance("PROVISIONING")],
  running: [instance("RUNNING")],
  stopped: [instance("STOPPED")],
  ended: [instance("TERMINATED")],
  several: [instance("RUNNING"), instance("RUNNING", { instanceOcid: "i-2" })],
  unclear: [instance("TERMINATED")],
};

/** A node in these states of which no condition holds, first seen long ago. */
export function sight(slurmState: SlurmState, instanceState: InstanceState): NodeSight {
  const slurm = slurmState === "absent" ? undefined : record(RECORDS[slurmState]);
  return {
    name: NODE,
    // Slurm's record may meet a condition by itself: that it is silent, has jobs, or is not drained.
    slurm: slurm && withoutNotHeard(slurm),
    slurmState,
    instances: INSTANCES[instanceState],
    instanceState,
    claim: "wanted",
    addresses: [],
    sinceMs: OLD_MS,
    slurmSinceMs: OLD_MS,
    waking: { notBeforeMs: OLD_MS, sinceMs: NOW - MINUTE_MS, isLaunched: false },
  };
}

function withoutNotHeard(slurm: SlurmRecord): SlurmRecord {
  const flags = new Set(slurm.flags);
  flags.delete("NOT_RESPONDING");
  return { ...slurm, flags };
}

/** The same node, and the condition holds. */
export function meeting(node: NodeSight, condition: Condition): NodeSight {
  const slurm = node.slurm ?? record("IDLE");
  switch (condition) {
    case "unclaimed":
      return { ...node, claim: "unclaimed" };
    case "not-wanted":
      return { ...node, claim: "retired" };
    case "retired-open":
      return { ...node, claim: "retired" };
    case "retry-due":
      return { ...node, slurm: { ...slurm, reason: "reconcile: lost" } };
    case "retry-later":
      return {
        ...node,
        slurm: { ...slurm, reason: "startnode: x [next try 2026-11-25T15:00:00+00:00]" },
      };
    case "past-boot-limit":
      return {
        ...node,
        instances: node.instances.map((it) => ({ ...it, timeCreatedMs: NOW - 121 * MINUTE_MS })),
      };
    case "has-note":
      return { ...node, note: "no such package" };
    case "was-launched":
      return { ...node, waking: { notBeforeMs: OLD_MS, sinceMs: NOW, isLaunched: true } };
    case "past-run-deadline":
      return {
        ...node,
        waking: { notBeforeMs: OLD_MS, sinceMs: NOW - 11 * MINUTE_MS, isLaunched: false },
      };
    case "other-address":
      return { ...node, addresses: [OTHER_ADDRESS] };
    case "has-owner":
      return {
        ...node,
        instances: node.instances.map((it, index) => ({
          ...it,
          ipAddress: index === 0 ? ADDRESS : OTHER_ADDRESS,
        })),
      };
    case "not-heard":
      return { ...node, slurm: { ...slurm, flags: new Set([...slurm.flags, "NOT_RESPONDING"]) } };
    case "has-jobs":
      return { ...node, slurm: { ...slurm, base: "ALLOCATED" } };
    case "silent-invalid":
      return {
        ...node,
        slurm: {
          ...slurm,
          base: "IDLE",
          flags: new Set([...slurm.flags, "NOT_RESPONDING", "INVALID_REG"]),
        },
      };
  }
}
