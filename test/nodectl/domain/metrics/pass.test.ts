import { describe, expect, it } from "vitest";
import { countersOf } from "../../../../nodectl/domain/metrics/counters.ts";
import { gaugesOf } from "../../../../nodectl/domain/metrics/gauges.ts";
import { formatOpenMetrics } from "../../../../nodectl/domain/metrics/openmetrics.ts";
import { countPass } from "../../../../nodectl/domain/metrics/pass.ts";
import {
  formatMetricsState,
  NO_METRICS,
  parseMetricsState,
} from "../../../../nodectl/domain/metrics/state.ts";
import { decide } from "../../../../nodectl/domain/reconcile/decide.ts";
import type { NodeSight } from "../../../../nodectl/domain/reconcile/sight.ts";
import { sight } from "../reconcile/sights.ts";

const position = { inode: 1, offset: 0 };
const tally = { requests: 3, throttled: 1 };

function passOf(node: NodeSight, upTimes: [string, { bootTimeMs: number }][] = []) {
  return { nodes: [node], upTimes: new Map(upTimes), lines: [], position, tally };
}

function text(state: typeof NO_METRICS): string {
  return formatOpenMetrics(countersOf(state.counts));
}

describe("countPass()", () => {
  const waking = sight("waking", "running");
  const up = { ...sight("busy", "running"), waking: undefined };

  it("counts a node as ready once, when it is up after it was waking", () => {
    const first = countPass(NO_METRICS, passOf(waking));
    const [created] = up.instances;
    const bootTimeMs = (created?.timeCreatedMs ?? 0) + 20_000;
    const second = countPass(first, passOf(up, [[up.name, { bootTimeMs }]]));
    const third = countPass(second, passOf(up, [[up.name, { bootTimeMs }]]));
    expect(text(first)).not.toContain("time_to_ready");
    for (const state of [second, third]) {
      expect(text(state)).toContain('citc_time_to_ready_seconds_count{phase="provision"} 1');
      expect(text(state)).toContain('citc_time_to_ready_seconds_sum{phase="provision"} 20');
    }
  });

  it("adds the pass's own requests, and goes on where the last one stopped", () => {
    const twice = countPass(countPass(NO_METRICS, passOf(up)), passOf(up));
    expect(text(twice)).toContain('citc_api_requests_total{program="reconcile"} 6');
    expect(text(twice)).toContain('citc_api_throttled_total{program="reconcile"} 2');
    expect(parseMetricsState(formatMetricsState(twice))).toEqual(twice);
  });

  it.each(["", "{", '{"version":1}', '{"version":2,"counts":{},"position":{},"waking":{}}'])(
    "starts anew when its state is lost or torn: %j",
    (lost) => {
      expect(parseMetricsState(lost)).toEqual(NO_METRICS);
    },
  );
});

describe("gaugesOf()", () => {
  const limits = { orphanGraceMs: 1, bootLimitMs: 1e9, runDeadlineMs: 1e9 };

  it("tells what runs, what it costs and what is left to people", () => {
    const node = sight("drain-admin", "running");
    const nowMs = node.sinceMs + 1_000_000;
    const around = { nowMs, limits, isInstanceListWhole: true };
    const instance = {
      ...{ shape: "VM.Standard.E4.Flex", lifecycleState: "RUNNING" },
      shapeConfig: { ocpus: 4, memoryGib: 16 },
    };
    const gone = { ...instance, lifecycleState: "TERMINATED" };
    const dear = { shape: "VM.Unknown.1", lifecycleState: "RUNNING" };
    const entry = { key: "a", kind: "limit", untilMs: nowMs + 1, message: "" } as const;
    const written = formatOpenMetrics(
      gaugesOf({
        instances: [instance, gone, dear],
        decisions: [decide(node, around)],
        capacity: [entry, { ...entry, key: "b", untilMs: nowMs - 1 }],
        nowMs,
      }),
    );
    expect(written).toContain('citc_instances{shape="VM.Standard.E4.Flex",state="RUNNING"} 1');
    expect(written).toContain('citc_nodes{state="drain-admin"} 1');
    expect(written).toContain('citc_warnings{rule="inspected"} 1');
    expect(written).toContain('citc_cool_downs{kind="limit"} 1');
    expect(written).toContain("citc_cost_usd_per_hour 0.124");
    expect(written).toContain("citc_instances_of_unknown_price 1");
    expect(written).toContain("citc_orphans 0");
  });
});
