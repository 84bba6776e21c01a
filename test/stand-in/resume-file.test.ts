import { expect, it } from "vitest";
import { parseResumeFile } from "../../nodectl/slurm/resume-file.ts";
import { oneJobEach, resumeFileText } from "./resume-file.ts";

it("is a file that startnode reads the jobs of", () => {
  const jobs = parseResumeFile(resumeFileText(new Map([[7, ["a1", "a2"]], ...oneJobEach(["b1"])])));
  expect(jobs.jobsOf("a2")).toMatchObject([{ jobId: 7, nodeNames: ["a1", "a2"] }]);
  expect(jobs.jobsOf("b1")).toMatchObject([{ jobId: 1, nodeNames: ["b1"] }]);
});
