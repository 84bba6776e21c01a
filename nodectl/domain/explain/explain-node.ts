import { nearestNames } from "../edit-distance.ts";
import { expandedNames } from "../group-names.ts";
import type { NodeGroup } from "../launch-specification.ts";
import { launchedOffer, shapeLabel, shortDomain } from "../placement.ts";
import { noteOf, type Decision } from "../reconcile/decide.ts";
import { isOurText } from "../reconcile/reasons.ts";
import { actionText, patienceText } from "../status/plan-text.ts";
import { pauseSentence } from "../pause.ts";
import { bootAdvice } from "./boot-outlook.ts";
import { isAnyOpen, outlookOf, refusalWords, type PlaceOutlook } from "./capacity-outlook.ts";
import { explanation, type Advice, type Explanation } from "./explanation.ts";
import { failureKindOf } from "./failure-kind.ts";
import { RESUME_ADVICE } from "./no-machine-advice.ts";
import type { ClusterFacts, Machine } from "./facts.ts";
import {
  lastRefusal,
  linesAbout,
  logWords,
  refusalId,
  refusalLine,
  turningPoints,
} from "./log-entries.ts";
import { nodeHeadline, situationOf, type NodeSituation } from "./node-headline.ts";
import { phaseWords } from "./phase-words.ts";
import { durationWords, timeWords } from "./time-words.ts";
import { listWords, withoutStop } from "./words.ts";

/** What a node is and why, what OCI says of it, and what becomes of it. Pure: the same facts give the same sentences. */
export function explainNode(name: string, facts: ClusterFacts): Explanation {
  const group = facts.groups.find((it) => expandedNames(it).includes(name));
  const isNowhere =
    !facts.nodes.has(name) && group === undefined && (facts.machines?.get(name) ?? []).length === 0;
  if (isNowhere) return explainUnknownNode(name, facts);
  const situation = situationOf(name, facts);
  const decision = facts.decisions?.get(name);
  const places = group === undefined ? [] : outlookOf(name, group.specification, facts);
  const refused = hasMachine(situation) ? [] : refusalWords(places, facts.nowMs);
  const obstacle = obstacleOf(places, facts);
  return explanation({
    cause: situation.state,
    headline: nodeHeadline(situation, { nowMs: facts.nowMs, obstacle }),
    why: [
      ...reasonWords(situation),
      ...groupWords(group),
      ...machineWords(name, facts),
      ...jobWordsOf(name, facts),
      ...refused,
      ...refusalOf(situation, facts, refused.length > 0),
    ],
    history: historyOf(name, facts),
    next: [...nextOf(situation, facts), ...decisionWords(decision)],
    advice: [...obstacleAdvice(situation, places, facts), ...adviceOf(situation)],
  });
}

/** Where machines of its kind were refused does not matter to it. */
function hasMachine({ phase }: NodeSituation): boolean {
  return phase.kind === "up" || phase.kind === "provisioning" || phase.kind === "booting";
}

/** Why nothing is launched for it, as far as a person has to do something about it. */
function obstacleOf(places: readonly PlaceOutlook[], { pause }: ClusterFacts): string | undefined {
  if (pause !== undefined) return pauseSentence(pause);
  const isBoot = places.some(({ refusal }) => refusal?.kind === "boot");
  return isBoot && !isAnyOpen(places) ? "machines of its image and shape fail to boot" : undefined;
}

function obstacleAdvice(
  { state, reason }: NodeSituation,
  places: readonly PlaceOutlook[],
  facts: ClusterFacts,
): readonly Advice[] {
  if (!LAUNCHED_NEXT.has(state)) return [];
  const boots = places.flatMap(({ refusal }) => (refusal?.kind === "boot" ? [refusal] : []));
  const isBoot = boots.length > 0 || failureKindOf(reason) === "boots-fail";
  const boot = boots[0] ?? { message: reason };
  return [
    ...(facts.pause === undefined ? [] : [RESUME_ADVICE]),
    ...(isBoot ? bootAdvice(boot, facts) : []),
  ];
}

/** States in which the next thing that happens to a node is its launch. */
const LAUNCHED_NEXT: ReadonlySet<string> = new Set(["off", "off-down-ours", "going"]);

function explainUnknownNode(name: string, facts: ClusterFacts): Explanation {
  const nearest = nearestNames(name, [...facts.nodes.keys()], NEAREST_MAX);
  return explanation({
    cause: "unknown-node",
    headline: `There is no node ${name}: neither Slurm nor nodes.json has it.`,
    advice: [
      ...(nearest.length === 0 ? [] : [{ text: `Did you mean ${nearest.join(" or ")}?` }]),
      { text: "The nodes that there are:", command: "sinfo -N -o '%N %T'" },
    ],
  });
}

const NEAREST_MAX = 3;

function reasonWords({ reason, reasonUser }: NodeSituation): readonly string[] {
  if (reason === "") return [];
  const who = reasonUser === "" || isOurText(reason) ? "" : `, set by ${reasonUser}`;
  return [`Its reason in Slurm${who}: "${reason}".`];
}

function groupWords(group: NodeGroup | undefined): readonly string[] {
  if (group === undefined) return ["nodes.json does not have it: limits.yaml does not name it."];
  const { specification, slurm } = group;
  const { availabilityDomains, alternatives = [], preemptible } = specification;
  const others = alternatives.map(shapeLabel);
  const kind =
    preemptible === undefined
      ? ""
      : `, ${preemptible === "only" ? "only preemptible" : "preemptible first"}`;
  const more = others.length === 0 ? "" : `, else ${listWords(others)}`;
  const partitions = slurm === undefined ? "" : `, for ${listWords(slurm.partitions)}`;
  return [
    `It is launched as ${shapeLabel(specification)} in ${listWords(availabilityDomains.map(shortDomain))}${more}${kind}${partitions}.`,
    ...(group.isRetired === true
      ? ["limits.yaml no longer names it: it goes when it is off."]
      : []),
  ];
}

/** Ended ones say that there was a machine; the last of them is enough. */
function machineWords(name: string, { machines: byName, nowMs }: ClusterFacts): readonly string[] {
  if (byName === undefined) return [];
  const machines: readonly Machine[] = byName.get(name) ?? [];
  if (machines.length === 0) return ["OCI has no instance of it."];
  const sorted = machines.toSorted((a, b) => b.timeCreatedMs - a.timeCreatedMs);
  const living = sorted.filter(({ lifecycleState }) => lifecycleState !== "TERMINATED");
  const shown = living.length > 0 ? living : sorted.slice(0, 1);
  return shown.slice(0, MACHINES_MAX).map((machine) => {
    const place = `${shapeLabel(launchedOffer(machine))} in ${shortDomain(machine.availabilityDomain)}`;
    return `OCI has its ${living.length === 0 ? "last " : ""}instance as ${machine.lifecycleState}: ${place}, created ${timeWords(machine.timeCreatedMs, nowMs)} (${machine.instanceOcid}).`;
  });
}

const MACHINES_MAX = 5;

function jobWordsOf(name: string, { jobs, nowMs }: ClusterFacts): readonly string[] {
  const own = jobs.filter(({ nodeNames }) => nodeNames.includes(name));
  if (own.length === 0) return [];
  const words = own.map(({ id, user, state, endMs, timeLimit }) => {
    const until =
      endMs === undefined || timeLimit === "UNLIMITED" || state !== "RUNNING"
        ? ""
        : ` until ${timeWords(endMs, nowMs)}`;
    return `${id} (${user}, ${state}${until})`;
  });
  return [`Its jobs: ${listWords(words)}.`];
}

function refusalOf(
  { name, phase }: NodeSituation,
  { log, nowMs }: ClusterFacts,
  isSaid: boolean,
): readonly string[] {
  if (phase.kind !== "failed" && phase.kind !== "launching") return [];
  const refusal = lastRefusal(log, new Set([name]));
  if (refusal === undefined) return [];
  return [isSaid ? refusalId(refusal, nowMs) : refusalLine(refusal, nowMs)];
}

const LOG_LINES_MAX = 6;

function historyOf(name: string, { log, nowMs }: ClusterFacts): readonly string[] {
  return turningPoints(linesAbout(log, name))
    .slice(-LOG_LINES_MAX)
    .map((line) => logWords(line, nowMs));
}

function nextOf(
  { state, phase, retryAtMs }: NodeSituation,
  facts: ClusterFacts,
): readonly string[] {
  const { nowMs, expectations } = facts;
  const retry =
    retryAtMs === undefined ? [] : [returnWords(timeWords(retryAtMs, nowMs), facts.pause)];
  switch (state) {
    case "waking": {
      const startMs =
        "machine" in phase
          ? phase.machine.timeCreatedMs
          : "sinceMs" in phase
            ? phase.sinceMs
            : undefined;
      const giveUp = durationWords(expectations.resumeTimeoutMs);
      return [
        `Now: ${phaseWords(phase, facts)}.`,
        startMs === undefined
          ? `Slurm gives it up when it has not registered ${giveUp} after it was asked for (ResumeTimeout).`
          : `Slurm gives it up at about ${timeWords(startMs + expectations.resumeTimeoutMs, nowMs)} (ResumeTimeout), when it has not registered by then.`,
      ];
    }
    case "off-down-ours":
    case "waking-down":
    case "down-ours":
    case "going":
      return retry;
    case "idle":
      return [
        "When it has been idle for SuspendTime it is powered down, and its instance terminated.",
      ];
    case "off-down-admin":
    case "waking-down-admin":
    case "down-admin":
    case "drain-admin":
      return ["It stays so until a person returns it to service."];
    case "absent":
    case "off":
    case "off-down-slurm":
    case "busy":
    case "leaving":
    case "silent":
    case "down-slurm":
    case "invalid":
    case "drain-ours":
    case "drain-slurm":
      return [];
  }
}

function returnWords(when: string, pause: ClusterFacts["pause"]): string {
  return pause === undefined
    ? `It returns to service at ${when}; the next job that needs it has it started then.`
    : `It returns to service when the pause ends, or at ${when}; it is not started before the pause ends.`;
}

/** What a pass of reconcile would do with it now. */
function decisionWords(decision: Decision | undefined): readonly string[] {
  if (decision === undefined || decision.kind === "in-order") return [];
  const { rule } = decision;
  const what = actionText(rule);
  const note = noteOf(decision);
  const why = note === undefined ? rule.why : `${rule.why}: ${withoutStop(note)}`;
  switch (decision.kind) {
    case "report":
      return [`citc reconcile leaves it alone: ${why}.`];
    case "wait":
      return [`citc reconcile has seen: ${why}. It will ${what}, ${patienceText(rule)}.`];
    case "act":
      return [`The next pass of citc reconcile will ${what}: ${why}.`];
  }
}

function adviceOf({ name, state, retryAtMs, reason }: NodeSituation): readonly Advice[] {
  const resume = `sudo scontrol update nodename=${name} state=resume`;
  switch (state) {
    case "absent":
      return [{ text: "If limits.yaml names it:", command: "~opc/finish" }];
    case "off-down-ours":
      if (failureKindOf(reason) === "paused") return [];
      return [
        {
          text: retryAtMs === undefined ? "To return it to service:" : "To have it tried at once:",
          command: resume,
        },
      ];
    case "off-down-slurm":
    case "off-down-admin":
    case "waking-down-admin":
    case "down-admin":
    case "drain-admin":
    case "drain-slurm":
      return [{ text: "To return it to service, once it is mended:", command: resume }];
    case "down-ours":
    case "down-slurm":
    case "silent":
    case "invalid":
      return [
        {
          text: "To have it replaced by a new machine now (its jobs are requeued):",
          command: `sudo scontrol update nodename=${name} state=power_down_force`,
        },
      ];
    case "waking":
    case "waking-down":
    case "going":
    case "off":
    case "idle":
    case "busy":
    case "leaving":
    case "drain-ours":
      return [];
  }
}
