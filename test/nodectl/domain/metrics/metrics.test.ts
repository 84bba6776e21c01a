import { describe, expect, it } from "vitest";
import { countLog } from "../../../../nodectl/domain/metrics/count-log.ts";
import { addCount, countsOf } from "../../../../nodectl/domain/metrics/counts.ts";
import { formatOpenMetrics } from "../../../../nodectl/domain/metrics/openmetrics.ts";
import { countReadiness } from "../../../../nodectl/domain/metrics/time-to-ready.ts";

describe("formatOpenMetrics()", () => {
  it("writes type, help and samples, and ends with EOF", () => {
    const text = formatOpenMetrics([
      { name: "citc_instances", type: "gauge", help: "Living.", samples: [{ value: 3 }] },
      {
        name: "citc_launches",
        type: "counter",
        help: "Accepted.",
        samples: [{ labels: { shape: "VM.Standard2.1" }, value: 7 }],
      },
    ]);
    expect(text.split("\n")).toEqual([
      "# TYPE citc_instances gauge",
      "# HELP citc_instances Living.",
      "citc_instances 3",
      "# TYPE citc_launches counter",
      "# HELP citc_launches Accepted.",
      'citc_launches_total{shape="VM.Standard2.1"} 7',
      "# EOF",
      "",
    ]);
  });

  it("escapes what OCI or a person may have written, and leaves out what has no sample", () => {
    const labels = { why: 'a "b" \\ c\nd' };
    const text = formatOpenMetrics([
      { name: "x", type: "gauge", help: "h", samples: [{ labels, value: 1 }] },
      { name: "y", type: "gauge", help: "h", samples: [] },
    ]);
    expect(text).toContain(String.raw`x{why="a \"b\" \\ c\nd"} 1`);
    expect(text).not.toContain("TYPE y");
  });
});

describe("addCount()", () => {
  it("takes the same labels for the same count, in whatever order", () => {
    const once = addCount({}, "a", { x: "1", y: "2" });
    const twice = addCount(once, "a", { y: "2", x: "1" }, 4);
    expect(countsOf(twice, "a")).toEqual([{ labels: { x: "1", y: "2" }, value: 5 }]);
    expect(countsOf(twice, "b")).toEqual([]);
  });
});

describe("countLog()", () => {
  const line = (fields: object): string => JSON.stringify(fields);

  it("counts what the programs did, and passes over what is none of it", () => {
    const counts = countLog({}, [
      line({ event: "launched instance", shape: "VM.Standard2.1" }),
      line({ event: "launched instance", shape: "VM.Standard2.1" }),
      line({ event: "launch refused", shape: "VM.Standard2.1", class: "capacity" }),
      line({ event: "asked OCI", program: "startnode", count: 5, throttled: 2 }),
      line({ event: "asked OCI", program: "startnode", count: 1, throttled: 0 }),
      line({ event: "something else" }),
      '{"event":"launched inst',
      "null",
    ]);
    expect(countsOf(counts, "launches")).toEqual([
      { labels: { shape: "VM.Standard2.1" }, value: 2 },
    ]);
    expect(countsOf(counts, "launch_refusals")[0]?.labels).toEqual({
      class: "capacity",
      shape: "VM.Standard2.1",
    });
    expect(countsOf(counts, "api_requests")[0]?.value).toBe(6);
    expect(countsOf(counts, "api_throttled")[0]?.value).toBe(2);
  });
});

describe("countReadiness()", () => {
  it("puts each phase into its bucket and all above", () => {
    const times = { wakingMs: 0, createdMs: 2_000, bootMs: 42_000, slurmdMs: 142_000 };
    const counts = countReadiness(countReadiness({}, times), times);
    const bucket = (phase: string, le: string): number | undefined =>
      countsOf(counts, "ready_bucket").find(
        ({ labels }) => labels["phase"] === phase && labels["le"] === le,
      )?.value;
    expect(bucket("launch", "5")).toBe(2);
    expect(bucket("provision", "30")).toBeUndefined();
    expect(bucket("provision", "60")).toBe(2);
    expect(bucket("configure", "120")).toBe(2);
    expect(bucket("configure", "+Inf")).toBe(2);
    const sums = countsOf(counts, "ready_sum").map(({ labels, value }) => [labels["phase"], value]);
    expect(Object.fromEntries(sums)).toEqual({ launch: 4, provision: 80, configure: 200 });
  });

  it("counts a clock that is ahead as no time at all", () => {
    const counts = countReadiness({}, { wakingMs: 9, createdMs: 1, bootMs: 1, slurmdMs: 1 });
    expect(countsOf(counts, "ready_sum").every(({ value }) => value === 0)).toBe(true);
  });
});
