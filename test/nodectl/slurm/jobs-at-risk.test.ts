import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobsAtRisk } from "../../../nodectl/slurm/control.ts";
import { createJobsAtRisk } from "../../../nodectl/slurm/jobs-at-risk.ts";
import { createRecordingSlurm, toolsOf, type RecordingSlurm } from "./recording-slurm.ts";

let slurm: RecordingSlurm;

beforeEach(() => {
  slurm = createRecordingSlurm();
});

afterEach(() => {
  rmSync(slurm.binDirectory, { recursive: true });
});

function jobsOf(): JobsAtRisk {
  return createJobsAtRisk(toolsOf(slurm));
}

function line(id: string, batchFlag: string, requeue: string, user: string): string {
  return `${id.padEnd(40)}${batchFlag.padEnd(4)}${requeue.padEnd(4)}${user.padEnd(64)}`;
}

describe("jobsAtRisk()", () => {
  it("reads what squeue prints, and tells which of them are requeued when they lose a node", async () => {
    slurm.setJobs([
      line("12", "1", "1", "alice"),
      line("13_4", "1", "0", "bob"),
      line("14", "0", "1", "carol"),
    ]);
    expect(await jobsOf().jobsAtRisk(["n-1", "n-2"])).toEqual([
      { id: "12", user: "alice", isRequeueable: true },
      { id: "13_4", user: "bob", isRequeueable: false },
      { id: "14", user: "carol", isRequeueable: false },
    ]);
    expect(slurm.calls()).toEqual([
      "--all --noheader --states=RUNNING,CONFIGURING,SUSPENDED,STOPPED --nodelist=n-[1-2] --sort=i --Format=JobArrayID:40,BatchFlag:4,Requeue:4,UserName:64",
    ]);
  });

  it("asks a thousand nodes a call, and names a job on nodes of two calls once", async () => {
    slurm.setJobs([line("12", "1", "1", "alice")]);
    const names = Array.from({ length: 1_500 }, (_, index) => `n-${index}`);
    expect(await jobsOf().jobsAtRisk(names)).toHaveLength(1);
    expect(slurm.calls()).toHaveLength(2);
  });

  it("asks nothing for no nodes, because squeue would list all jobs", async () => {
    expect(await jobsOf().jobsAtRisk([])).toEqual([]);
    expect(slurm.calls()).toEqual([]);
  });

  it("refuses a line that it cannot read", async () => {
    slurm.setJobs(["12 something else"]);
    await expect(jobsOf().jobsAtRisk(["n-1"])).rejects.toThrow(/squeue wrote "12 something else"/);
  });
});
