import { comingTryOf, wordsOfReason } from "../failed-node.ts";
import { groupBy } from "../group-by.ts";
import { isPauseReason, pauseSentence } from "../pause.ts";
import { failedBootIn } from "../reconcile/boot-failures.ts";
import { bootRemedy } from "../reconcile/boot-remedy.ts";
import type { ClusterSight, Warning } from "./cluster-status.ts";
import type { BootCoolDown } from "./cool-downs.ts";
import { hostlistOf, namesOf } from "./node-names.ts";
import type { NodeStatus } from "./node-status.ts";
import { countText, durationText, ocidTail } from "./words.ts";

export const PAUSE_WARNING = "launching-paused";

/** What keeps nodes from being launched until a person does something. */
export function launchWarnings(sight: ClusterSight): readonly Warning[] {
  return [...pauseWarnings(sight), ...bootWarnings(sight)];
}

function pauseWarnings(sight: ClusterSight): readonly Warning[] {
  const { pause } = sight;
  if (pause === undefined) return [];
  const waiting = failedNodes(sight).filter(({ node }) => isPauseReason(node.reason)).length;
  const are = waiting === 1 ? "is" : "are";
  const nodes = waiting === 0 ? "" : `; ${countText(waiting, "node")} ${are} DOWN because of it`;
  return [
    {
      id: PAUSE_WARNING,
      what: `${pauseSentence(pause)}${nodes}`,
      advice: "when its cause is mended: sudo citc resume",
      nodes: [],
    },
  ];
}

function bootWarnings(sight: ClusterSight): readonly Warning[] {
  return sight.coolDowns.flatMap((coolDown) => {
    if (coolDown.kind !== "boot") return [];
    const { shape, imageOcid, untilMs, message, node = "NODE" } = coolDown;
    const waiting = failedNodes(sight).filter(({ node: { reason } }) =>
      isClosedBy(coolDown, reason),
    );
    return [
      {
        id: "boots-fail",
        what:
          `${shape} with image ${ocidTail(imageOcid)} fails to boot, next try in ` +
          `${durationText(untilMs - sight.nowMs)}: ${message}`,
        advice: `read its console: sudo citc logs ${node}; ${bootRemedy(message, sight.userDataFile).text}; to try before: citc explain ${node} says how`,
        nodes: namesOf(waiting.map(({ node: it }) => it)),
      },
    ];
  });
}

/** True of the reason of a node that startnode did not launch because of it. */
function isClosedBy({ shape, message }: BootCoolDown, reason: string): boolean {
  // A reason has another count, or its end is cut: what both have is the shape.
  const isSame = reason.includes(message) || reason.includes(` for ${shape} `);
  return failedBootIn(reason) !== undefined && isSame;
}

interface FailedNode {
  readonly node: NodeStatus;
  readonly retryAtMs: number;
}

/** slurmctld 24.11 keeps the reason of a node that was returned to service early (seen): in other states it says nothing. */
const FAILED_STATES: ReadonlySet<NodeStatus["slurmState"]> = new Set([
  "off-down-ours",
  "waking-down",
  "down-ours",
  "going",
]);

function failedNodes({ nodes, nowMs }: ClusterSight): readonly FailedNode[] {
  return nodes.flatMap((node) => {
    const isFailed = FAILED_STATES.has(node.slurmState);
    const retryAtMs = isFailed ? comingTryOf(node.reason, nowMs) : undefined;
    return retryAtMs === undefined ? [] : [{ node, retryAtMs }];
  });
}

/** Those that come back by themselves; whoever waits for a person is counted by launchWarnings(). */
export function failedNodeWarnings(sight: ClusterSight): readonly Warning[] {
  const failed = failedNodes(sight).filter(({ node }) => !isExplained(node, sight));
  const byWords = groupBy(failed, ({ node }) => wordsOfReason(node.reason));
  return [...byWords].map(([words, group]) => {
    const firstMs = Math.min(...group.map(({ retryAtMs }) => retryAtMs));
    const some = group.map(({ node }) => node);
    const again = some.some(({ reason }) => isPauseReason(reason))
      ? "the pause is over; to try at once: sudo citc resume"
      : `to try at once: sudo scontrol update nodename=${hostlistOf(some)} state=resume`;
    return {
      id: "no-machine",
      what: `${countText(some.length, "node")} DOWN, next try in ${durationText(firstMs - sight.nowMs)}: ${words}`,
      advice: `nothing, they come back by themselves; ${again}`,
      nodes: namesOf(some),
    };
  });
}

function isExplained({ reason }: NodeStatus, { pause, coolDowns }: ClusterSight): boolean {
  if (isPauseReason(reason)) return pause !== undefined;
  return coolDowns.some((it) => it.kind === "boot" && isClosedBy(it, reason));
}

export function limitWarnings({ coolDowns, nowMs }: ClusterSight): readonly Warning[] {
  return coolDowns.flatMap((coolDown) => {
    if (coolDown.kind !== "limit") return [];
    const { shape, availabilityDomain, untilMs, message } = coolDown;
    return [
      {
        id: "service-limit",
        what: `no ${shape} in ${availabilityDomain} for ${durationText(untilMs - nowMs)}: ${message}`,
        advice:
          "ask Oracle for a higher service limit (Console: Governance, Limits), or lower limits.yaml and run finish",
        nodes: [],
      },
    ];
  });
}
