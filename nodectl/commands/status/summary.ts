import { capitalized } from "../../domain/explain/words.ts";
import { groupBy } from "../../domain/group-by.ts";
import { PRICE_LIST_DATE } from "../../domain/price-list.ts";
import { pauseSentence } from "../../domain/pause.ts";
import { billOf, type ClusterStatus } from "../../domain/status/cluster-status.ts";
import { PAUSE_WARNING } from "../../domain/status/launch-warnings.ts";
import { countText, durationText, usdText, withCommas } from "../../domain/status/words.ts";
import type { StatusLayout } from "./status-report.ts";
import { cutText, wrapText } from "./text.ts";

/** What runs and costs, whether launching is paused, where the nodes stand, and whether anything is wrong. */
export function summaryLines(
  status: ClusterStatus,
  { columns, paint }: StatusLayout,
): readonly string[] {
  return [
    ...wrapText(costText(status), columns).map((line) => paint("heading", line)),
    ...pauseLines(status, columns, paint),
    ...joinFitting(nodesText(status), passText(status), columns),
    ...wrongLines(status, columns, paint),
    "",
  ];
}

function costText({ clusterId, nodes, ociBlindness, nowMs }: ClusterStatus): string {
  const time = new Date(nowMs).toTimeString().slice(0, 8);
  if (ociBlindness !== undefined) return `${clusterId} at ${time}: instances and costs not known`;
  const { instances, usdPerHour, unpriced } = billOf(nodes);
  const more = unpriced === 0 ? "" : ` and ${countText(unpriced, "instance")} of unknown price`;
  const cost = `${usdText(usdPerHour)} $/h${more} (list prices of ${PRICE_LIST_DATE})`;
  return `${clusterId} at ${time}: ${countText(instances, "instance")}, ${cost}`;
}

function nodesText({ nodes }: ClusterStatus): string {
  const states = [...groupBy(nodes, ({ slurmState }) => slurmState)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([state, group]) => `${withCommas(`${group.length}`)} ${state}`);
  return `Nodes: ${states.join(", ") || "none"}.`;
}

function passText({ lastPassMs, nowMs }: ClusterStatus): string {
  return lastPassMs === 0
    ? "Never reconciled."
    : `Reconciled ${durationText(nowMs - lastPassMs)} ago.`;
}

/** In one line when they fit, else each begins one. */
function joinFitting(first: string, second: string, columns: number): readonly string[] {
  const line = `${first} ${second}`;
  return line.length <= columns ? [line] : [...wrapText(first, columns), second];
}

function pauseLines(
  { pause }: ClusterStatus,
  columns: number,
  paint: StatusLayout["paint"],
): readonly string[] {
  if (pause === undefined) return [];
  const sentence = capitalized(pauseSentence(pause));
  return wrapText(sentence, columns).map((line) => paint("wrong", line));
}

/** The first of the warnings; a pause stands above them already. */
function wrongLines(
  { warnings }: ClusterStatus,
  columns: number,
  paint: StatusLayout["paint"],
): readonly string[] {
  if (warnings.length === 0) return [paint("well", "Nothing is wrong.")];
  const first = warnings.find(({ id }) => id !== PAUSE_WARNING);
  if (first === undefined) return [];
  const count = warnings.length === 1 ? "" : `${countText(warnings.length, "warning")}. `;
  return [paint("wrong", cutText(`${count}${first.what}`, columns))];
}
