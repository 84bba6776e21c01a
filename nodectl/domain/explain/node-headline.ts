import { comingTryOf } from "../failed-node.ts";
import { slurmStateOf, type SlurmState } from "../reconcile/slurm-state.ts";
import type { ClusterFacts } from "./facts.ts";
import { failureKindOf, type FailureKind } from "./failure-kind.ts";
import { phaseOf, type NodePhase } from "./node-phase.ts";
import { timeWords } from "./time-words.ts";

export interface NodeSituation {
  readonly name: string;
  readonly state: SlurmState;
  readonly reason: string;
  readonly reasonUser: string;
  /** When the reason says that it is tried again, unless that is past. */
  readonly retryAtMs: number | undefined;
  readonly phase: NodePhase;
}

export function situationOf(name: string, facts: ClusterFacts): NodeSituation {
  const record = facts.nodes.get(name);
  const reason = record?.reason ?? "";
  return {
    name,
    state: slurmStateOf(record),
    reason,
    reasonUser: record?.reasonUser ?? "",
    retryAtMs: comingTryOf(reason, facts.nowMs),
    phase: phaseOf(name, facts, wantedSince(name, facts)),
  };
}

/** When the first job that waits for it was given it; undefined when none is known. */
function wantedSince(name: string, { jobs }: ClusterFacts): number | undefined {
  const starts = jobs
    .filter(({ state, nodeNames }) => state === "CONFIGURING" && nodeNames.includes(name))
    .flatMap(({ startMs }) => startMs ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/**
 * What the node is at the moment, in one sentence.
 * @param obstacle why nothing is launched for it now; undefined when nothing is known to be in the way
 */
export function nodeHeadline(
  { name, state, retryAtMs, reason, reasonUser, phase }: NodeSituation,
  { nowMs, obstacle }: { readonly nowMs: number; readonly obstacle: string | undefined },
): string {
  const until = retryAtMs === undefined ? "" : ` until ${timeWords(retryAtMs, nowMs)}`;
  const person = reasonUser === "" ? "a person" : reasonUser;
  switch (state) {
    case "absent":
      return `Slurm does not have a node ${name}.`;
    case "off":
      return obstacle === undefined
        ? `${name} is off and free: the first job that needs it has it started.`
        : `${name} is off, and is not started for any job: ${obstacle}.`;
    case "off-down-ours":
      return `${name} is off${until}: ${FAILURES[failureKindOf(reason)]}.`;
    case "off-down-slurm":
      return `${name} is off and DOWN: Slurm gave it up.`;
    case "off-down-admin":
      return `${name} is off and DOWN: ${person} has taken it out of service.`;
    case "waking":
      return `${name} is being started: ${wakingWords(phase)}.`;
    case "waking-down-admin":
      return `${name} is DOWN: ${person} has taken it out of service while it was being started.`;
    case "leaving":
      return `${name} is up, and will be powered down when its jobs have ended.`;
    case "waking-down":
      return `${name} was given up while it was being started${until}.`;
    case "going":
      return retryAtMs === undefined
        ? `${name} is being powered down; it is free again in a moment.`
        : `${name} is off${until}: ${FAILURES[failureKindOf(reason)]}.`;
    case "idle":
      return `${name} is up and free.`;
    case "busy":
      return `${name} is up and has jobs.`;
    case "silent":
      return `${name} is up, and its slurmd does not answer.`;
    case "down-ours":
      return `${name} is DOWN${until}: ${FAILURES["given-up"]}.`;
    case "down-slurm":
      return `${name} is DOWN: Slurm gave it up.`;
    case "down-admin":
      return `${name} is DOWN: ${person} has taken it out of service.`;
    case "invalid":
      return `${name} takes no jobs: it registered with less than slurm.conf says.`;
    case "drain-ours":
      return `${name} takes no new jobs: finish has drained it, because limits.yaml no longer names it.`;
    case "drain-slurm":
      return `${name} takes no new jobs: Slurm has drained it.`;
    case "drain-admin":
      return `${name} takes no new jobs: ${person} has drained it.`;
  }
}

const FAILURES: Readonly<Record<FailureKind, string>> = {
  "no-machine": "no machine was to be had for it",
  "boots-fail": "machines of its image and shape fail to boot",
  paused: "launching is paused",
  "given-up": "our own programs gave it up",
};

function wakingWords(phase: NodePhase): string {
  const isLaunched = phase.kind === "waking" && phase.launchedMs !== undefined;
  return WAKING[isLaunched ? "booting" : phase.kind] ?? "Slurm waits for it";
}

const WAKING: Readonly<Partial<Record<NodePhase["kind"], string>>> = {
  launching: "startnode asks OCI for a machine",
  provisioning: "OCI makes its machine",
  booting: "its machine boots, and its slurmd has not registered yet",
};
