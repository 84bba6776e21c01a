import { readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobInquiry } from "../../../nodectl/slurm/control.ts";
import { createJobInquiry } from "../../../nodectl/slurm/job-records.ts";
import { createRecordingSlurm, toolsOf, type RecordingSlurm } from "./recording-slurm.ts";

/** What the real squeue of these releases has written. */
const RELEASES = ["22.05", "24.11"] as const;

let slurm: RecordingSlurm;

beforeEach(() => {
  slurm = createRecordingSlurm();
});

afterEach(() => {
  rmSync(slurm.binDirectory, { recursive: true });
});

function inquiry(): JobInquiry {
  return createJobInquiry(toolsOf(slurm));
}

function useSample(release: string, name: string): void {
  const text = readFileSync(new URL(`job-samples/${release}/${name}`, import.meta.url), "utf8");
  slurm.setJobs([text]);
}

describe.each(RELEASES)("activeJobs() of %s", (release) => {
  it("reads jobs in every state", async () => {
    useSample(release, "jobs.txt");
    const jobs = new Map((await inquiry().activeJobs()).map((job) => [job.id, job]));
    expect([...jobs.keys()].toSorted()).toEqual(
      ["1", "10+0", "10+1", "12", "2", "3", "4", "5", "6", "7", "8", "9_[1-5%2]"].toSorted(),
    );
    expect(jobs.get("1")).toMatchObject({
      user: "alice",
      state: "RUNNING",
      reason: "None",
      nodeCount: 3,
      timeLimit: "10:00",
      partitions: ["compute"],
      nodeNames: [
        "vm-standard-e4-flex-1-8-ad1-0001",
        "vm-standard-e4-flex-1-8-ad1-0002",
        "vm-standard-e4-flex-1-8-ad2-0001",
      ],
      restarts: 0,
    });
    expect(jobs.get("2")).toMatchObject({
      reason: "Resources",
      memory: "512M",
      features: "arch=x86_64",
      gres: "",
      dependency: "",
      plannedNodes: ["vm-standard-e4-flex-1-8-ad1-0001"],
    });
    expect(jobs.get("4")).toMatchObject({
      dependency: "afterok:1(unfulfilled)",
      eligibleMs: undefined,
      startMs: undefined,
    });
    const running = jobs.get("1");
    expect((running?.endMs ?? 0) - (running?.startMs ?? 0)).toBe(600_000);
    expect(jobs.get("9_[1-5%2]")).toMatchObject({ jobId: 9, reason: "Priority" });
    expect(jobs.get("12")).toMatchObject({
      state: "CANCELLED",
      requestedNodes: ["vm-standard-e4-flex-1-8-ad1-0002"],
    });
  });

  it("takes a comment with line breaks and separators for what it is", async () => {
    useSample(release, "jobs.txt");
    const held = (await inquiry().activeJobs()).find(({ id }) => id === "6");
    expect(held?.adminComment).toBe("two\nlines, with a | and a \u001b[31mcolour");
  });

  it("reads the whole of Slurm's reason and of our comment", async () => {
    useSample(release, "jobs_without_machine.txt");
    const [job] = await inquiry().findJobs("1");
    expect(job).toMatchObject({
      state: "PENDING",
      restarts: 1,
      features: "ad=1",
      nodeNames: [],
      reason:
        "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
    });
    expect(job?.adminComment).toMatch(
      /^startnode: no machine to be had: 500 InternalError: .* in PHX-AD-1; next try after 2026-11-25 17:\d\d$/,
    );
  });
});

describe("findJobs()", () => {
  it("asks for one id, ended jobs included, in one call", async () => {
    await inquiry().findJobs("12_3");
    expect(slurm.calls()).toEqual([
      expect.stringMatching(/^--all --noheader --Format=JobID:0.* --states=all --jobs=12_3$/s),
    ]);
  });

  it("gives the part of a heterogeneous job that was asked for", async () => {
    useSample("24.11", "jobs.txt");
    expect((await inquiry().findJobs("10+1")).map(({ id }) => id)).toEqual(["10+1"]);
  });

  it("finds nothing where Slurm knows no such job", async () => {
    slurm.refuseJobs("slurm_load_jobs error: Invalid job id specified");
    expect(await inquiry().findJobs("999")).toEqual([]);
  });

  it("does not take another refusal for no job", async () => {
    slurm.refuseJobs("slurm_load_jobs error: Access/permission denied");
    await expect(inquiry().findJobs("1")).rejects.toThrow(/permission denied/);
  });

  it("refuses what is no list of jobs", async () => {
    slurm.setJobs(["12 alice RUNNING"]);
    await expect(inquiry().activeJobs()).rejects.toThrow(/"12 alice RUNNING\\n", which is no job/);
  });
});

describe("the exit status", () => {
  it.each([
    ["22.05, a signal", "15", 15],
    ["22.05, a value", "256", 256],
    ["24.11, a signal", "0:15", 15],
    ["24.11, a value", "1:0", 256],
  ])("is that of wait(2) (%s)", async (_, written, exitStatus) => {
    const [before = "", after = ""] = readSampleAround();
    slurm.setJobs([`${before}${written}${after}`]);
    const [job] = await inquiry().activeJobs();
    expect(job?.exitStatus).toBe(exitStatus);
  });
});

/** A record with the exit status cut out, which is the field before the last. */
function readSampleAround(): readonly string[] {
  const sample = new URL("job-samples/24.11/jobs_without_machine.txt", import.meta.url);
  const fields = readFileSync(sample, "utf8").split("\u001f");
  return [[...fields.slice(0, -2), ""].join("\u001f"), `\u001f${fields.at(-1) ?? ""}`];
}
