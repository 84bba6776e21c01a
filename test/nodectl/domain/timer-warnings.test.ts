import { describe, expect, it } from "vitest";
import { timerWarnings } from "../../../nodectl/domain/timer-warnings.ts";
import type { TimedSettings } from "../../../nodectl/domain/timer-warnings.ts";
import { validPlan } from "./region.ts";

const DEFAULTS: TimedSettings = {
  runDeadlineSeconds: 600,
  assumedLaunchesPerSecond: 10,
  assumedBootSeconds: 300,
};

function warningsOf(limits: string, settings: Partial<TimedSettings> = {}): readonly string[] {
  return timerWarnings(validPlan(limits), { ...DEFAULTS, ...settings });
}

describe("timerWarnings()", () => {
  it("has nothing to say of the defaults and some thousand nodes", () => {
    expect(warningsOf("VM.Standard2.1: 6000")).toEqual([]);
    expect(warningsOf("VM.Standard2.1: 0")).toEqual([]);
  });

  it("says that startnode ends before its own deadline, and which two numbers do not fit", () => {
    const short = "VM.Standard2.1: 1\ncluster: {resume_timeout: 600}";
    expect(warningsOf(short)).toEqual([
      expect.stringMatching(
        /startnode ends after 590 s, before resume_timeout of 600 s.*600 s \(run_deadline/,
      ),
    ]);
    expect(warningsOf(short, { runDeadlineSeconds: 599 })).toEqual([]);
  });

  it("counts the longest timeout for that: Slurm does", () => {
    const metal = "BM.HPC2.36: 1";
    expect(warningsOf(metal, { runDeadlineSeconds: 1799 })).toEqual([]);
    expect(warningsOf(metal, { runDeadlineSeconds: 1800 })).toHaveLength(1);
    expect(
      warningsOf("VM.Standard2.1: 1\ncluster: {suspend_timeout: 3600}", {
        runDeadlineSeconds: 3000,
      }),
    ).toEqual([]);
  });

  it("says that all nodes at once need longer, and what to write", () => {
    expect(warningsOf("VM.Standard2.1: 6001")).toEqual([
      expect.stringMatching(
        /900 s is too short for all 6001 nodes.*901 s at 10 launches a second and 300 s.*`resume_timeout: 901`/,
      ),
    ]);
    expect(warningsOf("VM.Standard2.1: 6001", { assumedLaunchesPerSecond: 11 })).toEqual([]);
    expect(warningsOf("VM.Standard2.1: 6001", { assumedBootSeconds: 200 })).toEqual([]);
  });

  it("says so of the partition whose own timeout it is", () => {
    const limits =
      "VM.Standard2.1: {count: 6001, partition: quick}\n" +
      "VM.Standard.E4.Flex.8.64: 1\ncluster: {partitions: {quick: {ResumeTimeout: 700}}}";
    expect(warningsOf(limits)).toEqual([
      expect.stringMatching(
        /^the ResumeTimeout \(partition quick\) of 700 s is too short.*`ResumeTimeout: 901` for it under partitions/,
      ),
    ]);
  });

  it("counts the shortest timeout of a group for that, and of its partitions the longest", () => {
    const metal = "BM.HPC2.36: {count: 1, partition: metal}\n";
    expect(warningsOf(`${metal}VM.Standard2.1: 7000`)).toHaveLength(1);
    expect(
      warningsOf(`${metal}VM.Standard2.1: {count: 7000, partition: [compute, metal]}`),
    ).toEqual([]);
  });
});
