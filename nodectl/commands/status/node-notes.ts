import { retryTimeOf } from "../../domain/failed-node.ts";
import type { NodeStatus } from "../../domain/status/node-status.ts";
import { planText } from "../../domain/status/plan-text.ts";
import { wordsOfReason } from "../../domain/failed-node.ts";
import { durationText } from "../../domain/status/words.ts";

/** What a line of a table cannot hold: Slurm's reason, and what reconcile would do and why. */
export function notesOf(nodes: readonly NodeStatus[], nowMs: number): readonly string[] {
  return [...reasonNotes(nodes, nowMs), ...planNotes(nodes)];
}

/** The same for a group; what reconcile leaves to people stands in the warnings, with all of its words. */
export function notesOfGroup(nodes: readonly NodeStatus[], nowMs: number): readonly string[] {
  const due = nodes.filter(({ plan }) => plan?.kind !== "report");
  return [...reasonNotes(nodes, nowMs), ...planNotes(due)];
}

/** The reason of most of them. Of a node that is well an old one may still stand there. */
function reasonNotes(nodes: readonly NodeStatus[], nowMs: number): readonly string[] {
  const told = nodes.filter(
    ({ reason, slurmState }) => reason !== "" && /down|drain|invalid/.test(slurmState),
  );
  const counts = new Map<string, number>();
  for (const { reason } of told) {
    const words = wordsOfReason(reason);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const [most, ...others] = [...counts].sort(([, a], [, b]) => b - a).map(([words]) => words);
  if (most === undefined) return [];
  const more =
    others.length === 0
      ? ""
      : ` (and ${others.length} other reason${others.length === 1 ? "" : "s"})`;
  const retries = told
    .filter(({ reason }) => wordsOfReason(reason) === most)
    .flatMap(({ reason }) => retryTimeOf(reason) ?? []);
  const firstMs = Math.min(...retries);
  const retry =
    retries.length > 0 && firstMs > nowMs ? `next try in ${durationText(firstMs - nowMs)}: ` : "";
  return [`reason: ${retry}${most}${more}`];
}

function planNotes(nodes: readonly NodeStatus[]): readonly string[] {
  const plans = new Map(nodes.flatMap(({ plan }) => (plan ? [[plan.rule.id, plan] as const] : [])));
  return [...plans.values()].map(planText);
}
