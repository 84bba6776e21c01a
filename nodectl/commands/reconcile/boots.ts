import { groupBy } from "../../domain/group-by.ts";
import { newestOf } from "../../domain/launch-decision.ts";
import { lastWordsOn, type LastWords } from "../../domain/node-log/last-words.ts";
import { launchedOffer } from "../../domain/placement.ts";
import {
  judgeBoots,
  type Boot,
  type BootFailures,
  type BreakerLimits,
} from "../../domain/reconcile/boot-failures.ts";
import type { ReconcileMemory } from "../../domain/reconcile/memory.ts";
import type { NodeSight } from "../../domain/reconcile/sight.ts";
import type { Log } from "../../domain/log.ts";
import type { CapacityStore } from "../../files/capacity-file.ts";
import type { Instance } from "../../oci/provider.ts";
import type { Acted } from "./act.ts";

export interface BootContext {
  /** The file that startnode asks before it launches. */
  readonly capacity: Pick<CapacityStore, "add">;
  readonly breaker: BreakerLimits;
  /** The image that a node is launched with; undefined for one that nodes.json does not have. */
  readonly imageOf: (nodeName: string) => string | undefined;
  readonly clock: { now(): number };
  readonly log: Log;
}

export interface BootsSeen {
  readonly before: ReconcileMemory;
  readonly nodes: readonly NodeSight[];
  readonly instances: readonly Instance[];
  readonly acted: Acted;
}

/**
 * Counts the boots that this pass has seen fail or succeed, and tells startnode through the file of capacities which
 * images and shapes to leave alone. That the file cannot be written is in the log: startnode launches on then.
 */
export async function countBoots(context: BootContext, seen: BootsSeen): Promise<BootFailures> {
  const { capacity, breaker, clock, log } = context;
  const byNode = groupBy(seen.instances, ({ nodeName }) => nodeName);
  const boots = [...failedBoots(context, seen, byNode), ...goodBoots(context, seen, byNode)];
  const verdict = judgeBoots(seen.before.boots, boots, { ...breaker, nowMs: clock.now() });
  for (const entry of verdict.entries) {
    const fields = { action: entry.key, reason: entry.message };
    if (entry.kind === "open") log.info("boots succeed again", fields);
    else log.error("boots fail: nothing is launched for a while", fields);
    try {
      await capacity.add(entry);
    } catch (error) {
      log.warn("could not use the file of capacities", { reason: String(error) });
    }
  }
  return verdict.failures;
}

type ByNode = ReadonlyMap<string, readonly Instance[]>;

/**
 * Machines that were replaced before they ever served. Those that have said something come last, because the last one's words
 * are kept: when many fail at once, consoles are taken of a few only.
 */
function failedBoots(context: BootContext, { acted }: BootsSeen, byNode: ByNode): readonly Boot[] {
  const failed = acted.acts.flatMap(({ act: { rule, node }, problem }) => {
    if (rule.isFailedBoot !== true || problem !== undefined) return [];
    const said = lastWordsOn(node.note, acted.consoles.get(node.name)?.lastWords);
    return [{ node, said: said?.words ? said : undefined, why: rule.why }];
  });
  const sorted = failed.toSorted(
    (a, b) => Number(a.said !== undefined) - Number(b.said !== undefined),
  );
  return sorted.flatMap(({ node, said, why }) =>
    bootsOf(context, { node, byNode }, said ?? { stage: "silent", words: why }),
  );
}

/** Nodes that are up and were not at the last pass: they were waking then, or their instance is younger. */
function goodBoots(
  context: BootContext,
  { before, nodes }: BootsSeen,
  byNode: ByNode,
): readonly Boot[] {
  const isNew = (name: string): boolean => {
    const createdMs = newestOf(byNode.get(name) ?? [])?.timeCreatedMs ?? 0;
    return before.passMs > 0 && createdMs > before.passMs;
  };
  const up = nodes.filter(
    ({ name, slurmState }) =>
      (slurmState === "idle" || slurmState === "busy") &&
      (before.nodes[name]?.waking !== undefined || isNew(name)),
  );
  return up.flatMap((node) => bootsOf(context, { node, byNode }, undefined));
}

function bootsOf(
  { imageOf }: BootContext,
  { node, byNode }: { readonly node: NodeSight; readonly byNode: ByNode },
  failure: LastWords | undefined,
): readonly Boot[] {
  const imageOcid = imageOf(node.name);
  const newest = newestOf(byNode.get(node.name) ?? []);
  return imageOcid === undefined || newest === undefined
    ? []
    : [{ nodeName: node.name, imageOcid, offer: launchedOffer(newest), failure }];
}
