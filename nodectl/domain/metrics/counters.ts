import { countsOf, type Counts } from "./counts.ts";
import type { Metric, Sample } from "./openmetrics.ts";

/** The counters that count-log.ts counts, with what stands behind each. */
const COUNTERS: Readonly<Record<string, string>> = {
  launches: "Launches that OCI accepted.",
  launch_refusals: "Launches that OCI refused, by class (README: how refusals are told apart).",
  launch_failures: "Launches that OCI accepted and gave up later.",
  nodes_failed: "Nodes for which no machine was to be had.",
  terminations: "Terminations that OCI accepted.",
  termination_refusals: "Terminations that OCI refused.",
  reconcile_actions: "Nodes that citc reconcile acted upon, by its rule.",
  api_requests: "Requests to OCI.",
  api_throttled: "Requests that OCI answered with 429.",
};

/** Since the counting began: the management node's last start, unless the state was lost. */
export function countersOf(counts: Counts): readonly Metric[] {
  const counters = Object.entries(COUNTERS).map(([name, help]): Metric => ({
    name: `citc_${name}`,
    type: "counter",
    help,
    samples: countsOf(counts, name),
  }));
  return [...counters, timeToReady(counts)];
}

function timeToReady(counts: Counts): Metric {
  const part = (name: string, suffix: string): readonly Sample[] =>
    countsOf(counts, name).map((count) => ({ ...count, suffix }));
  return {
    name: "citc_time_to_ready_seconds",
    type: "histogram",
    help: "From Slurm's request to the registration, by phase.",
    samples: [
      ...part("ready_bucket", "_bucket"),
      ...part("ready_sum", "_sum"),
      ...part("ready_count", "_count"),
    ],
  };
}
