import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeMetrics } from "../../../../nodectl/commands/reconcile/write-metrics.ts";
import type { LogFields } from "../../../../nodectl/domain/log.ts";
import { silentLog } from "../silent-log.ts";

const NOTHING = { nodes: [], slurmNodes: [], instances: [], decisions: [], doubts: [] };

let directory: string;
let warnings: (LogFields | undefined)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-metrics-"));
  warnings = [];
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function writeTo(metricsFile: string): Promise<void> {
  const context = {
    metricsFile,
    state: { read: () => Promise.resolve(""), write: () => Promise.resolve() },
    logFile: join(directory, "elastic.log"),
    capacity: { read: () => Promise.resolve([]) },
    log: { ...silentLog, warn: (_event: string, fields?: LogFields) => warnings.push(fields) },
    tally: { requests: 0, throttled: 0 },
  };
  await writeMetrics(context, { kind: "seen", ...NOTHING, nowMs: 0 });
}

it("writes where a node exporter reads, and nothing where there is none", async () => {
  const exporter = join(directory, "node-exporter");
  await writeTo(join(exporter, "citc.prom"));
  expect(existsSync(exporter)).toBe(false);
  mkdirSync(exporter);
  await writeTo(join(exporter, "citc.prom"));
  expect(readFileSync(join(exporter, "citc.prom"), "utf8")).toMatch(/# EOF\n$/);
  expect(warnings).toEqual([]);
});

it("warns, and lets the pass go on, where metrics_file lies below what is no directory", async () => {
  writeFileSync(join(directory, "file"), "");
  await writeTo(join(directory, "file/below/citc.prom"));
  expect(warnings).toMatchObject([{ reason: expect.stringContaining("ENOTDIR") as string }]);
});
