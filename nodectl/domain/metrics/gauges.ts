import { newestByKey, type CapacityEntry } from "../capacity-entry.ts";
import { groupBy } from "../group-by.ts";
import { usdPerHour, type PricedInstance } from "../price-list.ts";
import type { Decision } from "../reconcile/decide.ts";
import { isLiving } from "../reconcile/instance-state.ts";
import type { Metric, Sample } from "./openmetrics.ts";

/** What one pass of reconcile has seen. */
export interface PassView {
  /** Of this cluster, TERMINATED ones included. */
  readonly instances: readonly PricedInstance[];
  readonly decisions: readonly Decision[];
  /** In the order of the file: the last one of a key counts. */
  readonly capacity: readonly CapacityEntry[];
  readonly nowMs: number;
}

/** Rules that speak of instances which no node needs. */
const ORPHAN_RULES: ReadonlySet<string> = new Set(["orphan", "alive-while-off"]);

/** What is so now. */
export function gaugesOf(view: PassView): readonly Metric[] {
  const { instances, decisions, nowMs } = view;
  const living = instances.filter(isLiving);
  const prices = living.map(usdPerHour);
  const open = decisions.filter((it) => it.kind !== "in-order");
  const orphans = open.filter(({ rule }) => ORPHAN_RULES.has(rule.id));
  const reports = open.filter(({ kind }) => kind === "report");
  return [
    gauge("citc_instances", "Instances of this cluster that are not ending.", [
      ...countBy(living, ({ shape, lifecycleState }) => ({ shape, state: lifecycleState })),
    ]),
    gauge("citc_nodes", "Nodes by their state as citc reconcile tells it.", [
      ...countBy(decisions, ({ node }) => ({ state: node.slurmState })),
    ]),
    single("citc_orphans", "Nodes and names with an instance that no node needs.", orphans.length),
    gauge("citc_warnings", "Nodes that citc reconcile leaves to people, by its rule.", [
      ...countBy(reports, ({ rule }) => ({ rule: rule.id })),
    ]),
    gauge("citc_cool_downs", "Placements that are left alone for a while, by what OCI said.", [
      ...countBy(coolDowns(view), ({ kind }) => ({ kind })),
    ]),
    single(
      "citc_cost_usd_per_hour",
      "List price of what runs, without boot volumes; shapes of unknown price not counted.",
      prices.reduce<number>((sum, price) => sum + (price ?? 0), 0),
    ),
    single(
      "citc_instances_of_unknown_price",
      "Living instances whose shape the price list does not have.",
      prices.filter((price) => price === undefined).length,
    ),
    single(
      "citc_reconcile_last_pass_timestamp_seconds",
      "When the last pass of citc reconcile saw both sides.",
      nowMs / 1000,
    ),
  ];
}

function coolDowns({ capacity, nowMs }: PassView): readonly CapacityEntry[] {
  return [...newestByKey(capacity).values()].filter(({ untilMs }) => untilMs > nowMs);
}

function countBy<Item>(
  items: readonly Item[],
  labelsOf: (item: Item) => Readonly<Record<string, string>>,
): readonly Sample[] {
  const groups = groupBy(items, (item) => JSON.stringify(labelsOf(item)));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ labels: labelsOf(first), value: group.length }];
  });
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

function single(name: string, help: string, value: number): Metric {
  return gauge(name, help, [{ value }]);
}
