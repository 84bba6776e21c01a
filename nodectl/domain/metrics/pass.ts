import type { InstanceRecord } from "../reconcile/instance-state.ts";
import { livingOf } from "../reconcile/conditions.ts";
import type { NodeSight } from "../reconcile/sight.ts";
import { countLog } from "./count-log.ts";
import { addCount } from "./counts.ts";
import type { MetricsState } from "./state.ts";
import { countReadiness, type Readiness } from "./time-to-ready.ts";

/** When a node's machine came up, as Slurm tells it; milliseconds since the epoch, 0 for never. */
export interface UpTimes {
  readonly bootTimeMs: number;
  readonly slurmdStartMs?: number;
}

export interface CountedPass {
  readonly nodes: readonly NodeSight[];
  readonly upTimes: ReadonlyMap<string, UpTimes>;
  /** Lines of the log since the last pass, and how far that is. */
  readonly lines: readonly string[];
  readonly position: MetricsState["position"];
  /** What the pass itself has asked of OCI. */
  readonly tally: { readonly requests: number; readonly throttled: number };
}

/** Counts on with what happened since the last pass. Pure. */
export function countPass(before: MetricsState, pass: CountedPass): MetricsState {
  const { nodes, upTimes, lines, position, tally } = pass;
  const program = { program: "reconcile" };
  const asked = addCount(before.counts, "api_requests", program, tally.requests);
  const counted = countLog(addCount(asked, "api_throttled", program, tally.throttled), lines);
  const counts = nodes
    .flatMap((node) => readinessOf(node, before, upTimes.get(node.name)) ?? [])
    .reduce(countReadiness, counted);
  const waking: Record<string, number> = {};
  for (const { name, waking: it } of nodes) if (it !== undefined) waking[name] = it.sinceMs;
  return { counts, position, waking };
}

/** Of a node that was being powered up at the last pass and is up now. */
function readinessOf(
  node: NodeSight,
  { waking }: MetricsState,
  up: UpTimes | undefined,
): Readiness | undefined {
  const wakingMs = waking[node.name];
  const isUp = node.slurmState === "idle" || node.slurmState === "busy";
  const [instance]: readonly (InstanceRecord | undefined)[] = livingOf(node);
  if (wakingMs === undefined || !isUp || instance === undefined || up === undefined)
    return undefined;
  const { bootTimeMs, slurmdStartMs = bootTimeMs } = up;
  return {
    wakingMs,
    createdMs: instance.timeCreatedMs,
    bootMs: bootTimeMs,
    slurmdMs: slurmdStartMs,
  };
}
