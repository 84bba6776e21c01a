import { groupBy } from "../../domain/group-by.ts";
import { compressHostlist } from "../../domain/hostlist.ts";
import type { Decision } from "../../domain/reconcile/decide.ts";
import { actionText, patienceText } from "../../domain/status/plan-text.ts";
import type { ReconcileOutcome } from "./reconcile.ts";

type Shown = Exclude<ReconcileOutcome, { kind: "blind" }>;

/** The pass for people, one paragraph for each rule that has something to say; or as JSON, one object. */
export function formatPlan(outcome: Shown, { isJson }: { readonly isJson: boolean }): string {
  const { doubts, decisions } = outcome.seen;
  const problems = new Map(
    (outcome.kind === "done" ? outcome.acted.acts : []).map(({ act, problem }) => [
      act.node.name,
      problem,
    ]),
  );
  const open = decisions.filter((it) => it.kind !== "in-order");
  if (isJson) {
    const nodes = open.map((it) => ({ ...describe(it), problem: problems.get(it.node.name) }));
    const counted = { nodes: decisions.length, inOrder: decisions.length - open.length };
    return `${JSON.stringify({ kind: outcome.kind, counted, doubts, decisions: nodes }, null, 2)}\n`;
  }
  const lines = doubts.map((doubt) => `Caution: ${doubt}.`);
  for (const [, group] of groupBy(open, ({ kind, rule }) => `${kind} ${rule.id}`)) {
    const [first] = group;
    if (first === undefined) continue;
    lines.push(
      ...paragraph(
        first,
        group.map(({ node }) => node.name),
        outcome.kind,
      ),
    );
  }
  for (const [name, problem] of problems) {
    if (problem !== undefined) lines.push(`Refused: ${name}: ${problem}`);
  }
  if (open.length === 0) lines.push(`All ${decisions.length} nodes are in order.`);
  return `${lines.join("\n")}\n`;
}

type Open = Exclude<Decision, { kind: "in-order" }>;

function paragraph(
  { kind, rule }: Open,
  names: readonly string[],
  outcome: Shown["kind"],
): readonly string[] {
  const nodes = `${names.length} node${names.length === 1 ? "" : "s"}: ${compressHostlist(names)}`;
  return [
    nodes,
    `  why:  ${rule.why}`,
    `  ${verdict(kind, outcome)} ${actionText(rule)}${kind === "wait" ? `, ${patienceText(rule)}` : ""}`,
  ];
}

function verdict(kind: Open["kind"], outcome: Shown["kind"]): string {
  switch (kind) {
    case "report":
      return "do:  ";
    case "wait":
      return "wait:";
    case "act":
      return outcome === "planned" ? "plan:" : "done:";
  }
}

function describe({ kind, rule, node }: Open): object {
  return {
    node: node.name,
    kind,
    rule: rule.id,
    action: rule.action,
    why: rule.why,
    slurmState: node.slurmState,
    instanceState: node.instanceState,
    instances: node.instances.map(({ instanceOcid, lifecycleState }) => ({
      instanceOcid,
      lifecycleState,
    })),
  };
}
