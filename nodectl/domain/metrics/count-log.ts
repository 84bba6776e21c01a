import { parseJsonObject, type JsonObject } from "../json-object.ts";
import { addCount, type Counts } from "./counts.ts";

/** What the programs' log counts: the event of a line, and the name and labels of its count. */
const COUNTED: Readonly<
  Record<string, { readonly name: string; readonly labels: readonly string[] }>
> = {
  "launched instance": { name: "launches", labels: ["shape"] },
  "launch refused": { name: "launch_refusals", labels: ["class", "shape"] },
  "launch failed after it was accepted": { name: "launch_failures", labels: [] },
  "could not start node": { name: "nodes_failed", labels: [] },
  "terminated instance": { name: "terminations", labels: [] },
  "termination refused": { name: "termination_refusals", labels: [] },
};

/**
 * Adds what new lines of elastic.log tell. The programs write there anyway, each run a process of its own: so none of
 * them has to keep a count, and what they did while nobody counted is counted later. A line that is no JSON of ours is
 * passed over: a torn one costs a count.
 */
export function countLog(before: Counts, lines: readonly string[]): Counts {
  return lines.reduce((counts, text) => countLine(counts, parseJsonObject(text) ?? {}), before);
}

function countLine(counts: Counts, line: JsonObject): Counts {
  const { event } = line;
  if (event === "asked OCI") return countRequests(counts, line);
  if (event === "reconciled nodes") return countActions(counts, line);
  const counted = typeof event === "string" ? COUNTED[event] : undefined;
  if (counted === undefined) return counts;
  const labels = Object.fromEntries(counted.labels.map((key) => [key, textOf(line[key])]));
  return addCount(counts, counted.name, labels);
}

/** One line for each rule that acted in a pass. */
function countActions(counts: Counts, line: JsonObject): Counts {
  const labels = { rule: textOf(line["action"]) };
  return addCount(counts, "reconcile_actions", labels, numberOf(line["count"]));
}

/** One line at the end of each run. */
function countRequests(counts: Counts, line: JsonObject): Counts {
  const labels = { program: textOf(line["program"]) };
  const asked = addCount(counts, "api_requests", labels, numberOf(line["count"]));
  return addCount(asked, "api_throttled", labels, numberOf(line["throttled"]));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "unknown";
}

function numberOf(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}
