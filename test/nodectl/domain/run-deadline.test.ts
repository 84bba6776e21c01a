import { describe, expect, it } from "vitest";
import {
  launchDeadlineSeconds,
  runDeadlineSeconds,
  tendSeconds,
} from "../../../nodectl/domain/run-deadline.ts";

describe("runDeadlineSeconds()", () => {
  it.each([
    { configured: 600, resume: 900, suspend: 120, expected: 600 },
    { configured: 600, resume: 60, suspend: 5, expected: 50 },
    { configured: 600, resume: 60, suspend: 300, expected: 290 },
    { configured: 600, resume: 8, suspend: 5, expected: 5 },
  ])(
    "of $configured s is $expected with ResumeTimeout $resume and SuspendTimeout $suspend",
    ({ configured, resume, suspend, expected }) => {
      const timers = { resumeTimeoutSeconds: resume, suspendTimeoutSeconds: suspend };
      expect(runDeadlineSeconds(configured, timers)).toBe(expected);
    },
  );

  it("is what startnode.yaml says when nodes.json does not know Slurm's timers", () => {
    expect(runDeadlineSeconds(600, undefined)).toBe(600);
  });
});

describe("launchDeadlineSeconds()", () => {
  it.each([
    [600, 585],
    [40, 30],
    [5, 3.75],
  ])("of a run of %i s is %d", (run, launch) => {
    expect(launchDeadlineSeconds(run)).toBe(launch);
  });
});

describe("tendSeconds()", () => {
  it.each([
    [120, 115],
    [5, 5],
  ])("lasts with SuspendTimeout %i nearly until nodes are off: %i", (suspend, expected) => {
    const timers = { resumeTimeoutSeconds: 900, suspendTimeoutSeconds: suspend };
    expect(tendSeconds(timers)).toBe(expected);
  });

  it("is most of a minute when nodes.json does not know Slurm's timers", () => {
    expect(tendSeconds(undefined)).toBe(55);
  });
});
