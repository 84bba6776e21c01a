import { shortDomain } from "../placement.ts";
import { isOurText } from "../reconcile/reasons.ts";
import type { ClusterFacts } from "./facts.ts";
import { failureKindOf, type FailureKind } from "./failure-kind.ts";
import type { NodePhase } from "./node-phase.ts";
import { durationWords, timeWords } from "./time-words.ts";

/** A phase in words, to stand behind the nodes' names. */
export function phaseWords(phase: NodePhase, facts: ClusterFacts): string {
  const { nowMs } = facts;
  const since = (ms: number | undefined): string =>
    ms === undefined ? "" : ` since ${timeWords(ms, nowMs)}`;
  switch (phase.kind) {
    case "to-be-woken":
      return "off; Slurm wakes it next";
    case "launching":
      return `startnode is asking OCI for a machine${since(phase.sinceMs)}; there is none yet`;
    case "provisioning":
      return `OCI has been making its machine in ${shortDomain(phase.machine.availabilityDomain)} since ${timeWords(phase.machine.timeCreatedMs, nowMs)} (${phase.machine.lifecycleState})`;
    case "booting": {
      const { availabilityDomain, timeCreatedMs } = phase.machine;
      return bootWords(`its machine in ${shortDomain(availabilityDomain)}`, timeCreatedMs, facts);
    }
    case "waking":
      return phase.launchedMs === undefined
        ? `being powered up${since(phase.sinceMs)}`
        : bootWords("its machine", phase.launchedMs, facts);
    case "up":
      return "up";
    case "failed":
      return `${FAILURES[failureKindOf(phase.reason)]}${phase.retryAtMs === undefined ? "" : `; tried again from ${timeWords(phase.retryAtMs, nowMs)}`}`;
    case "going":
      return "being powered down; free again in a moment";
    case "not-heard":
      return "its slurmd does not answer";
    case "out-of-service":
      return outOfServiceWords(phase.reason, phase.by);
  }
}

const FAILURES: Readonly<Record<FailureKind, string>> = {
  "no-machine": "no machine was to be had",
  "boots-fail": "not launched, because its image and shape fail to boot",
  paused: "launching is paused",
  "given-up": "given up",
};

function bootWords(what: string, launchedMs: number, facts: ClusterFacts): string {
  const usual = durationWords(facts.expectations.bootMs);
  const isLate = facts.nowMs - launchedMs > facts.expectations.bootMs;
  return `${what} was launched at ${timeWords(launchedMs, facts.nowMs)}, and boots and sets itself up; that usually takes up to ${usual}${isLate ? ": it is late" : ""}`;
}

/** By whom, and in whose words: what an admin wrote there is what the next one needs to know. */
function outOfServiceWords(reason: string, by: string): string {
  const who = isOurText(reason) || by === "" || by === "slurm" ? "" : ` by ${by}`;
  return reason === "" ? "out of service" : `out of service${who}: "${reason}"`;
}
