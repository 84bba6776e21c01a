import { dirname } from "node:path";
import { errorText } from "../../domain/error-text.ts";
import type { Log } from "../../domain/log.ts";
import { countersOf } from "../../domain/metrics/counters.ts";
import { gaugesOf } from "../../domain/metrics/gauges.ts";
import { formatOpenMetrics } from "../../domain/metrics/openmetrics.ts";
import { countPass } from "../../domain/metrics/pass.ts";
import { formatMetricsState, parseMetricsState } from "../../domain/metrics/state.ts";
import type { CapacityStore } from "../../files/capacity-file.ts";
import { readNewLines } from "../../files/log-reader.ts";
import { StateFile } from "../../files/state-file.ts";
import { exists } from "../readiness.ts";
import type { Observation } from "./observe.ts";
import type { MemoryStore } from "./reconcile.ts";

export interface MetricsContext {
  /** In the directory where a node exporter reads, if there is one. */
  readonly metricsFile: string;
  readonly state: MemoryStore;
  readonly logFile: string;
  readonly capacity: Pick<CapacityStore, "read">;
  readonly log: Log;
  /** What this pass itself has asked of OCI: it writes no line about that each minute. */
  readonly tally: { readonly requests: number; readonly throttled: number };
}

/**
 * Writes the metrics of one pass. They are no reason for a pass to fail: what cannot be read or written is in the log, and
 * counted by a later pass.
 */
export async function writeMetrics(
  context: MetricsContext,
  seen: Extract<Observation, { kind: "seen" }>,
): Promise<void> {
  try {
    if (!(await exists(dirname(context.metricsFile)))) return;
    const before = parseMetricsState(await context.state.read());
    const { lines, position } = await readNewLines(context.logFile, before.position);
    const upTimes = new Map(seen.slurmNodes.map((node) => [node.name, node]));
    const state = countPass(before, {
      ...{ nodes: seen.nodes, upTimes, lines, position },
      tally: context.tally,
    });
    const { instances, decisions, nowMs } = seen;
    const capacity = await context.capacity.read();
    const gauges = gaugesOf({ instances, decisions, capacity, nowMs });
    const text = formatOpenMetrics([...gauges, ...countersOf(state.counts)]);
    await new StateFile(context.metricsFile).write(text);
    await context.state.write(formatMetricsState(state));
  } catch (error) {
    context.log.warn("could not write the metrics", {
      reason: errorText(error),
    });
  }
}
