import { STARTNODE_PREFIX } from "../failed-node.ts";
import { expandedNames } from "../group-names.ts";
import { groupOutlook, isAnyOpen } from "./capacity-outlook.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { candidatesOf } from "./job-fit.ts";
import { phaseOf, type NodePhase } from "./node-phase.ts";

/**
 * What a job that Slurm knows does or waits for: exactly one of these. Scripts get the same words, but for `no-machine`,
 * in whose place explain-no-machine.ts gives them `launching-paused`, `boots-fail`, `out-of-capacity`, `service-limit` or
 * `launch-refused`.
 */
export type JobCause =
  | "ended"
  | "running"
  | "suspended"
  | "completing"
  | "nodes-booting"
  | "held-by-user"
  | "held-by-admin"
  | "held-after-requeues"
  | "dependency"
  | "dependency-never-satisfied"
  | "begin-time"
  | "requeued"
  /** A node that it was given could not be launched, or too few of those that it needs can be at the moment. */
  | "no-machine"
  | "asks-too-much"
  | "time-limit-too-long"
  | "partition-closed"
  | "nodes-out-of-service"
  | "lower-priority"
  | "nodes-busy"
  | "about-to-start"
  | "other";

/** States after which nothing follows (squeue(1), JOB STATE CODES). */
const ENDED = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
]);

/** Slurm's words for causes that need no look at nodes (squeue(1), JOB REASON CODES; seen on 22.05.8 and 24.11.5). */
const BY_REASON: Readonly<Record<string, JobCause>> = {
  JobHeldUser: "held-by-user",
  JobHeldAdmin: "held-by-admin",
  JobHoldMaxRequeue: "held-after-requeues",
  launch_failed_requeued_held: "held-after-requeues",
  "launch failed requeued held": "held-after-requeues",
  Dependency: "dependency",
  DependencyNeverSatisfied: "dependency-never-satisfied",
  PartitionTimeLimit: "time-limit-too-long",
  PartitionNodeLimit: "asks-too-much",
  PartitionConfig: "asks-too-much",
  BadConstraints: "asks-too-much",
  PartitionDown: "partition-closed",
  PartitionInactive: "partition-closed",
};

/** Slurm's words behind which there are nodes: which of them, and why, has to be looked up. */
const ABOUT_NODES = /^(None|Resources|Priority|ReqNodeNotAvail|NodeDown|Nodes?[ _]required)/;

export function causeOf(job: JobRecord, facts: ClusterFacts): JobCause {
  if (ENDED.has(job.state)) return "ended";
  switch (job.state) {
    case "RUNNING":
      return "running";
    case "CONFIGURING":
      return hasLostANode(job, facts) ? "no-machine" : "nodes-booting";
    case "COMPLETING":
      return "completing";
    case "SUSPENDED":
    case "STOPPED":
      return "suspended";
    default:
      return waitingCause(job, facts);
  }
}

/** Slurm requeues it within the second. */
function hasLostANode({ nodeNames }: JobRecord, facts: ClusterFacts): boolean {
  return nodeNames.some((name) => phaseOf(name, facts).kind === "failed");
}

function waitingCause(job: JobRecord, facts: ClusterFacts): JobCause {
  const known = BY_REASON[reasonWord(job)];
  if (known !== undefined) return known;
  // A requeue puts the begin time off; while the old nodes are cleaned up 22.05 says "Cleaning".
  if (reasonWord(job) === "BeginTime" || reasonWord(job) === "Cleaning") {
    if (lostItsNode(job, facts)) return "no-machine";
    return job.restarts > 0 ? "requeued" : "begin-time";
  }
  return ABOUT_NODES.test(job.reason) ? causeByNodes(job, facts) : "other";
}

/** It waits for something other than nodes: it keeps nobody behind it waiting. */
export function isBlockedByItself(job: JobRecord): boolean {
  return BY_REASON[reasonWord(job)] !== undefined;
}

/** The first word: 22.05 and 24.11 write names of nodes behind some. */
export function reasonWord({ reason }: JobRecord): string {
  return reason.split(",")[0]?.trim() ?? "";
}

/** startnode has told the job that no machine was to be had, and Slurm has requeued it. */
export function wasToldOfFailure({ adminComment, restarts }: JobRecord): boolean {
  return adminComment.startsWith(STARTNODE_PREFIX) && restarts > 0;
}

/** The comment stays when the job has run since: the nodes tell whether it still holds. */
function lostItsNode(job: JobRecord, facts: ClusterFacts): boolean {
  if (!wasToldOfFailure(job)) return false;
  const candidates = sortCandidates(job, facts);
  return candidates === undefined || candidates.failed.length > 0;
}

/** The nodes that a job could be given, by what they are at the moment. */
export interface Candidates {
  readonly all: readonly string[];
  readonly failed: readonly string[];
  readonly outOfService: readonly string[];
  /** Off, waking, or up: Slurm may give them to somebody. */
  readonly inService: readonly string[];
  /** Of those in service, the ones that are off or without a job. */
  readonly free: readonly string[];
}

export function sortCandidates(job: JobRecord, facts: ClusterFacts): Candidates | undefined {
  const all = candidatesOf(job, facts.groups);
  if (all === undefined) return undefined;
  const phases = new Map(all.map((name) => [name, phaseOf(name, facts)]));
  const ofKinds = (kinds: readonly NodePhase["kind"][]): readonly string[] =>
    all.filter((name) => kinds.includes(phases.get(name)?.kind ?? "out-of-service"));
  const failed = ofKinds(["failed"]);
  const outOfService = ofKinds(["out-of-service", "not-heard"]);
  const gone = new Set([...failed, ...outOfService]);
  const inService = all.filter((name) => !gone.has(name));
  const free = inService.filter((name) => {
    const record = facts.nodes.get(name);
    return record?.base === "IDLE" && phases.get(name)?.kind !== "going";
  });
  return { all, failed, outOfService, inService, free };
}

/** Those of some nodes in service that are up, or that may be launched and that OCI may have a machine for. */
export function startableOf(free: readonly string[], facts: ClusterFacts): readonly string[] {
  const hopeless = hopelessNodes(facts);
  return free.filter((name) => !hopeless.has(name) || phaseOf(name, facts).kind === "up");
}

/** Launching is paused, or every place of theirs was refused not long ago: startnode does not even ask OCI. */
function hopelessNodes(facts: ClusterFacts): ReadonlySet<string> {
  if (facts.pause !== undefined) return new Set(facts.groups.flatMap(expandedNames));
  const hopeless = facts.groups.filter((group) => !isAnyOpen(groupOutlook(group, facts)));
  return new Set(hopeless.flatMap(expandedNames));
}

function causeByNodes(job: JobRecord, facts: ClusterFacts): JobCause {
  const candidates = sortCandidates(job, facts);
  const isBehind = reasonWord(job) === "Priority";
  if (candidates === undefined) {
    if (wasToldOfFailure(job)) return "no-machine";
    return isBehind
      ? "lower-priority"
      : /^(None|Resources)/.test(job.reason)
        ? "nodes-busy"
        : "nodes-out-of-service";
  }
  const { all, failed, inService, free } = candidates;
  if (all.length < job.nodeCount) return "asks-too-much";
  if (inService.length < job.nodeCount) {
    return failed.length > 0 ? "no-machine" : "nodes-out-of-service";
  }
  if (isBehind) return "lower-priority";
  if (free.length < job.nodeCount) return "nodes-busy";
  return startableOf(free, facts).length >= job.nodeCount ? "about-to-start" : "no-machine";
}
