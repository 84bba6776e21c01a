import { ACTIONS, PATIENCE } from "../reconcile/rule.ts";
import type { NodePlan } from "./node-status.ts";

type Rule = NodePlan["rule"];

/** What the rule does, in the words of the table in citc.md. */
export function actionText({ action }: Rule): string {
  return withoutMarks(ACTIONS[action]);
}

/** How long it waits before that. */
export function patienceText({ patience }: Rule): string {
  return withoutMarks(PATIENCE[patience]);
}

/** Why, and what reconcile does about it. */
export function planText({ kind, rule, note }: NodePlan): string {
  const why = note === undefined ? rule.why : `${rule.why}: ${note}`;
  switch (kind) {
    case "report":
      return `reconcile leaves it: ${why}`;
    case "wait":
      return `reconcile waits: ${why}; then, ${patienceText(rule)}: ${actionText(rule)}`;
    case "act":
      return `reconcile acts: ${why}: ${actionText(rule)}`;
  }
}

function withoutMarks(text: string): string {
  return text.replaceAll("`", "");
}
