import { holds, livingOf, newAddressOf, ownerOf } from "./conditions.ts";
import type { InstanceRecord } from "./instance-state.ts";
import type { ActionKind, Rule } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { Circumstances, NodeSight } from "./sight.ts";

/** What is due with one node. */
export type Action =
  | { readonly kind: "terminate"; readonly instances: readonly InstanceRecord[] }
  | { readonly kind: PlainKind }
  | { readonly kind: "report-address"; readonly ipAddress: string };

/** What needs to know no more than the node. */
type PlainKind =
  | "return"
  | "keep-down"
  | "down"
  | "give-up"
  | "replace"
  | "set-aside"
  | "power-down"
  | "release"
  | "close";

export type Decision =
  /** Both sides agree. */
  | { readonly kind: "in-order"; readonly node: NodeSight }
  /** Nothing that we should touch, and something that a person should know. */
  | { readonly kind: "report"; readonly node: NodeSight; readonly rule: Rule }
  /** Not yet: the rule's patience. */
  | { readonly kind: "wait"; readonly node: NodeSight; readonly rule: Rule }
  | {
      readonly kind: "act";
      readonly node: NodeSight;
      readonly rule: Rule;
      readonly action: Action;
    };

/** Between the two looks of one pass, milliseconds. */
export const LOOK_AGAIN_MS = 10_000;

/** Less than the minute between two passes, more than a pass takes. */
const NEXT_PASS_MS = 30_000;

/** What the first rule that fits says of a node. Pure: the same sight gives the same decision. */
export function decide(node: NodeSight, around: Circumstances): Decision {
  const rule = RULES.find((it) => fits(it, node, around));
  if (rule === undefined) return { kind: "in-order", node };
  const action = actionOf(rule.action, node, around);
  if (action === undefined) return { kind: "report", node, rule };
  return isDue(rule, node, around)
    ? { kind: "act", node, rule, action }
    : { kind: "wait", node, rule };
}

/** What the machine itself has left to say about what is due with its node. */
export function noteOf({
  rule,
  node,
}: Exclude<Decision, { kind: "in-order" }>): string | undefined {
  return rule.onlyIf === "has-note" ? node.note : undefined;
}

function fits(rule: Rule, node: NodeSight, around: Circumstances): boolean {
  if (!rule.slurm.includes(node.slurmState)) return false;
  if (!rule.instance.includes(node.instanceState)) return false;
  // A list that lacks instances which are there says nothing of those that it lacks.
  const isAbsence = node.instances.length === 0 && rule.action !== "report";
  if (isAbsence && !around.isInstanceListWhole) return false;
  return rule.onlyIf === undefined || holds(rule.onlyIf, node, around);
}

function isDue({ patience }: Rule, node: NodeSight, around: Circumstances): boolean {
  const { nowMs } = around;
  switch (patience) {
    case "none":
      return true;
    case "soon-again":
      return nowMs - node.sinceMs >= LOOK_AGAIN_MS;
    case "second-look":
      return nowMs - node.sinceMs >= NEXT_PASS_MS;
    case "grace":
      return nowMs - node.slurmSinceMs >= NEXT_PASS_MS && beyondGrace(node, around).length > 0;
  }
}

/** Each by its own age: a younger namesake must not protect the older ones. */
function beyondGrace(node: NodeSight, { nowMs, limits }: Circumstances): readonly InstanceRecord[] {
  return livingOf(node).filter(({ timeCreatedMs }) => nowMs - timeCreatedMs > limits.orphanGraceMs);
}

/** undefined: only to be reported. */
function actionOf(kind: ActionKind, node: NodeSight, around: Circumstances): Action | undefined {
  switch (kind) {
    case "report":
      return undefined;
    case "terminate":
      return { kind, instances: beyondGrace(node, around) };
    case "terminate-others": {
      const owner = ownerOf(node);
      return {
        kind: "terminate",
        instances: livingOf(node).filter((instance) => instance !== owner),
      };
    }
    case "report-address": {
      const ipAddress = newAddressOf(node);
      return ipAddress === undefined ? undefined : { kind, ipAddress };
    }
    case "return":
    case "keep-down":
    case "down":
    case "close":
    case "give-up":
    case "replace":
    case "set-aside":
    case "power-down":
    case "release":
      return { kind };
  }
}
