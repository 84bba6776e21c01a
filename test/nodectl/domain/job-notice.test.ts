import { describe, expect, it } from "vitest";
import { jobNotices } from "../../../nodectl/domain/job-notice.ts";
import { localIsoTime } from "../../../nodectl/domain/local-time.ts";
import { NO_RESUME_JOBS, resumeJobs } from "../../../nodectl/domain/resume-jobs.ts";

const SOON = Date.parse("2026-11-25T14:05:00Z");
const LATE = Date.parse("2026-11-25T14:30:00Z");
const UNKNOWN = Date.parse("2026-11-25T14:10:00Z");

function clockOf(timeMs: number): string {
  return localIsoTime(timeMs).slice(0, 16).replace("T", " ");
}

describe("jobNotices()", () => {
  it("tells jobs with the same failure the same in one notice", () => {
    const jobs = resumeJobs([
      { jobId: 1, nodeNames: ["n1"] },
      { jobId: 2, nodeNames: ["n2", "n3"] },
    ]);
    const failures = ["n1", "n2"].map((nodeName) => ({
      nodeName,
      reason: "no room",
      retryAtMs: SOON,
    }));
    const text = `startnode: no machine to be had: no room; next try after ${clockOf(SOON)}`;
    expect(jobNotices(failures, jobs, UNKNOWN)).toEqual([{ jobIds: [1, 2], text }]);
  });

  it("tells a job that lost several nodes of the one that takes longest", () => {
    const jobs = resumeJobs([{ jobId: 1, nodeNames: ["n1", "n2", "n3"] }]);
    const failures = [
      { nodeName: "n1", reason: "soon", retryAtMs: SOON },
      { nodeName: "n2", reason: "late", retryAtMs: LATE },
      { nodeName: "n3", reason: "unknown" },
    ];
    const [notice, more] = jobNotices(failures, jobs, UNKNOWN);
    expect(more).toBeUndefined();
    expect(notice?.text).toContain(`late; next try after ${clockOf(LATE)}`);
  });

  it("names the time that holds for failures without one", () => {
    const jobs = resumeJobs([{ jobId: 1, nodeNames: ["n1"] }]);
    const [notice] = jobNotices([{ nodeName: "n1", reason: "x" }], jobs, UNKNOWN);
    expect(notice?.text).toContain(clockOf(UNKNOWN));
  });

  it("has nothing to tell when no job waits for the nodes", () => {
    expect(jobNotices([{ nodeName: "n1", reason: "x" }], NO_RESUME_JOBS, UNKNOWN)).toEqual([]);
  });
});
