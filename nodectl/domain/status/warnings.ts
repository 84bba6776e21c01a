import { fullDisks } from "../doctor/free-space.ts";
import { groupBy } from "../group-by.ts";
import { billOf, type ClusterSight, type Warning } from "./cluster-status.ts";
import { failedNodeWarnings, launchWarnings, limitWarnings } from "./launch-warnings.ts";
import { hostlistOf, namesOf } from "./node-names.ts";
import type { NodePlan, NodeStatus } from "./node-status.ts";
import { actionText } from "./plan-text.ts";
import { countText, durationText, usdText } from "./words.ts";

/** The timer looks each minute. */
const PASS_AGE_MS_MAX = 5 * 60_000;
/** Beyond the longest patience of the rules, which a setting names. */
const OVERDUE_MS = 5 * 60_000;
/** Of the time after which a node is replaced. */
const SLOW_BOOT_SHARE = 0.5;

const TIMER_ADVICE =
  "look why the timer does not run: systemctl status citc-reconcile.timer; meanwhile: sudo citc reconcile";
const LOG_ADVICE = "look what was tried: sudo grep reconcile /var/log/slurm/elastic.log | tail";

/** All that is wrong now, the most urgent first. Pure: what is no longer so is no longer said. */
export function warningsOf(sight: ClusterSight): readonly Warning[] {
  return [
    ...blindnessWarnings(sight),
    ...spaceWarnings(sight),
    ...launchWarnings(sight),
    ...sight.doubts.map((doubt) => ({
      id: "doubtful-list",
      what: doubt,
      advice: "look again in a minute; reconcile concludes nothing from what is not in a list",
      nodes: [],
    })),
    ...passWarnings(sight),
    ...reportWarnings(sight),
    ...overdueWarnings(sight),
    ...failedNodeWarnings(sight),
    ...drainedWarnings(sight),
    ...slowBootWarnings(sight),
    ...limitWarnings(sight),
  ];
}

function blindnessWarnings({ slurmBlindness, ociBlindness }: ClusterSight): readonly Warning[] {
  const warnings: Warning[] = [];
  if (slurmBlindness !== undefined) {
    const advice = "check slurmctld: systemctl status slurmctld; nothing is reconciled meanwhile";
    const what = `Slurm is not seen: ${slurmBlindness}`;
    warnings.push({ id: "slurm-not-seen", what, advice, nodes: [] });
  }
  if (ociBlindness !== undefined) {
    const advice = "what runs and costs is not known, and nothing is reconciled meanwhile";
    const what = `OCI is not seen: ${ociBlindness}`;
    warnings.push({ id: "oci-not-seen", what, advice, nodes: [] });
  }
  return warnings;
}

function spaceWarnings({ space = [] }: ClusterSight): readonly Warning[] {
  return fullDisks(space).map(({ seen, fix }) => ({
    id: "disk-full",
    what: `${seen}: what jobs, nodes and finish write is lost, or fails`,
    advice: fix,
    nodes: [],
  }));
}

function passWarnings({ lastPassMs, nowMs }: ClusterSight): readonly Warning[] {
  const ageMs = nowMs - lastPassMs;
  if (ageMs <= PASS_AGE_MS_MAX) return [];
  const what =
    lastPassMs === 0
      ? "reconcile has not run since this machine started"
      : `reconcile last looked ${durationText(ageMs)} ago`;
  return [{ id: "reconcile-does-not-run", what, advice: TIMER_ADVICE, nodes: [] }];
}

type Planned = NodeStatus & { readonly plan: NodePlan };

function isPlanned(node: NodeStatus): node is Planned {
  return node.plan !== undefined;
}

function reportWarnings({ nodes }: ClusterSight): readonly Warning[] {
  const reported = nodes.filter(isPlanned).filter(({ plan }) => plan.kind === "report");
  return [...groupBy(reported, ({ plan }) => plan.rule)].map(([rule, group]) => {
    const { instances, usdPerHour } = billOf(group);
    const cost = usdPerHour === 0 ? "" : ` (${usdText(usdPerHour)} $/h)`;
    return {
      id: rule.id,
      what: `${countText(group.length, "node")}${cost}: ${rule.why}`,
      advice: adviceOfReport(group, instances),
      nodes: namesOf(group),
    };
  });
}

/** A person's DOWN or DRAIN ends by a person. */
function adviceOfReport(nodes: readonly NodeStatus[], instances: number): string {
  const isAdmins = nodes.every(({ slurmState }) => slurmState.endsWith("-admin"));
  if (!isAdmins || instances === 0) return `look closer: citc status ${hostlistOf(nodes)}`;
  return (
    `back to service: sudo scontrol update nodename=${hostlistOf(nodes)} state=resume; ` +
    "to end the instance after that: state=power_down"
  );
}

/** The plan is there, and nobody carries it out. */
function overdueWarnings(sight: ClusterSight): readonly Warning[] {
  const { nodes, nowMs } = sight;
  const overdue = nodes
    .filter(isPlanned)
    .filter(
      (node) =>
        node.plan.kind !== "report" &&
        nowMs - node.plan.sinceMs > patienceMsOf(node, sight) + OVERDUE_MS,
    );
  return [...groupBy(overdue, ({ plan }) => plan.rule)].map(([rule, group]) => {
    const oldestMs = Math.min(...group.map(({ plan }) => plan.sinceMs));
    return {
      id: `overdue-${rule.id}`,
      what:
        `${countText(group.length, "node")} not put in order for ${durationText(nowMs - oldestMs)}: ${rule.why}; ` +
        `due is: ${actionText(rule)}`,
      advice: LOG_ADVICE,
      nodes: namesOf(group),
    };
  });
}

/**
 * How long after its states were first seen what is due with a node is due at the latest. One that wakes is in the same
 * states while all is well with it, until a limit has passed.
 */
function patienceMsOf({ wakingSinceMs }: NodeStatus, sight: ClusterSight): number {
  const { orphanGraceMs, bootLimitMs, runDeadlineMs } = sight;
  return wakingSinceMs === undefined
    ? orphanGraceMs
    : Math.max(orphanGraceMs, bootLimitMs, runDeadlineMs);
}

/** Slurm drains a node whose prolog, epilog or health check failed, and nobody but a person returns it. */
function drainedWarnings({ nodes }: ClusterSight): readonly Warning[] {
  const drained = nodes.filter(
    ({ slurmState, plan, living }) =>
      slurmState === "drain-slurm" && plan === undefined && living.length > 0,
  );
  return [...groupBy(drained, ({ reason }) => reason)].map(([reason, group]) => ({
    id: "drained-by-slurm",
    what: `${countText(group.length, "node")} drained by Slurm, and billed: ${reason || "no reason"}`,
    advice: `mend the cause, then: sudo scontrol update nodename=${hostlistOf(group)} state=resume`,
    nodes: namesOf(group),
  }));
}

function slowBootWarnings({ nodes, nowMs, bootLimitMs }: ClusterSight): readonly Warning[] {
  const slowMs = bootLimitMs * SLOW_BOOT_SHARE;
  const slow = nodes.flatMap((node) => {
    const ageMs = nowMs - (node.wakingSinceMs ?? nowMs);
    return ageMs > slowMs ? [{ node, ageMs }] : [];
  });
  if (slow.length === 0) return [];
  const oldestMs = Math.max(...slow.map(({ ageMs }) => ageMs));
  const some = slow.map(({ node }) => node);
  return [
    {
      id: "slow-boot",
      what:
        `${countText(some.length, "node")} waking for up to ${durationText(oldestMs)}; ` +
        `after ${durationText(bootLimitMs)} such a node is replaced`,
      advice: `see what it waits for or fails with, in the lines that begin with "citc:": sudo citc logs ${slow[0]?.node.name ?? "NODE"}`,
      nodes: namesOf(some),
    },
  ];
}
