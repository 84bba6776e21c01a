import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobNotices, NodeJobs } from "../../../nodectl/slurm/control.ts";
import { createJobNotices } from "../../../nodectl/slurm/job-notices.ts";
import { createRecordingSlurm, toolsOf, type RecordingSlurm } from "./recording-slurm.ts";

const FORMAT = "--Format=JobID:20,BatchFlag:4,admin_comment:20";

let slurm: RecordingSlurm;

beforeEach(() => {
  slurm = createRecordingSlurm();
});

afterEach(() => {
  rmSync(slurm.binDirectory, { recursive: true });
});

function notices(): JobNotices & NodeJobs {
  return createJobNotices(toolsOf(slurm));
}

describe("listJobs()", () => {
  it("reads what squeue prints, and of an array only the tasks that were asked for", async () => {
    slurm.setJobs([
      "31                  1   (null)              ",
      "30                  0   startnode: no machin",
      "33                  1   paid by the dean    ",
    ]);
    expect(await notices().listJobs([30, 31])).toEqual([
      { jobId: 31, isInteractive: false, adminComment: "" },
      { jobId: 30, isInteractive: true, adminComment: "startnode: no machin" },
    ]);
    expect(slurm.calls()).toEqual([`--all --noheader --jobs=30,31 ${FORMAT}`]);
  });

  it("lists nothing when all of them have ended", async () => {
    slurm.refuseJobs("slurm_load_jobs error: Invalid job id specified");
    expect(await notices().listJobs([1])).toEqual([]);
  });

  it("asks for a thousand jobs in five calls, and for none in none", async () => {
    await notices().listJobs(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(slurm.calls()).toHaveLength(5);
    await notices().listJobs([]);
    expect(slurm.calls()).toHaveLength(5);
  });
});

describe("jobsOnNodes()", () => {
  it("lists the jobs of nodes once each, with two hundred nodes a call", async () => {
    slurm.setJobs(["31                  1   (null)              "]);
    const names = Array.from({ length: 400 }, (_, index) => `n${index + 1}`);
    expect(await notices().jobsOnNodes(names)).toEqual([
      { jobId: 31, isInteractive: false, adminComment: "" },
    ]);
    expect(slurm.calls()).toEqual([
      `--all --noheader --nodelist=n[1-200] ${FORMAT}`,
      `--all --noheader --nodelist=n[201-400] ${FORMAT}`,
    ]);
  });
});

describe("setAdminComment() and notify()", () => {
  it("comments a list of jobs in one call, and prints at one terminal", async () => {
    await notices().setAdminComment([3, 4, 3], "no machine");
    await notices().notify(4, "no machine");
    expect(slurm.calls()).toEqual([
      "update jobid=3,4 admincomment=no machine",
      "notify 4 no machine",
    ]);
  });

  it.each(["Job has already finished for job 3", "Invalid job id specified for job 3"])(
    "passes over what Slurm calls ended: %s",
    async (complaint) => {
      slurm.refuseJobs(complaint);
      await notices().setAdminComment([3, 4], "no machine");
      expect(slurm.calls()).toHaveLength(1);
    },
  );

  it("says what else Slurm refuses", async () => {
    slurm.refuseJobs("Access/permission denied for job 3");
    await expect(notices().setAdminComment([3], "no machine")).rejects.toThrow("permission denied");
  });
});
