import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseResumeFile, readResumeFile } from "../../../nodectl/slurm/resume-file.ts";

/** What slurmctld 22.05.8 and 24.11.5 wrote. */
const OF_22_05 = `{"jobs":[{"job_id":1,"nodes":"n[1-2]"},{"job_id":3,"nodes":"n3"}],"all_nodes":"n[1-3]"}`;
const OF_24_11 = `{"jobs":[{"extra":"hello","job_id":4,"features":null,"nodes_alloc":"n[1-3]","nodes_resume":"n[1-2]","oversubscribe":"NO","partition":"compute","reservation":null},{"extra":null,"job_id":2,"features":null,"nodes_alloc":"n2","nodes_resume":"n2","oversubscribe":"OK","partition":"compute","reservation":null}],"all_nodes_resume":"n[1-2]"}`;
const BY_HAND = `{"jobs":[],"all_nodes_resume":"n6"}`;

describe("parseResumeFile()", () => {
  it("reads 22.05's form", () => {
    expect(parseResumeFile(OF_22_05).jobs).toEqual([
      { jobId: 1, nodeNames: ["n1", "n2"] },
      { jobId: 3, nodeNames: ["n3"] },
    ]);
  });

  it("takes only the nodes that wake from the form of 23.02 and later", () => {
    const { jobs, jobsOf } = parseResumeFile(OF_24_11);
    expect(jobs).toEqual([
      { jobId: 4, nodeNames: ["n1", "n2"] },
      { jobId: 2, nodeNames: ["n2"] },
    ]);
    expect(jobsOf("n3")).toEqual([]);
  });

  it("knows every job that waits for a node", () => {
    const { jobsOf } = parseResumeFile(OF_24_11);
    expect(jobsOf("n2").map(({ jobId }) => jobId)).toEqual([4, 2]);
  });

  it("has no job for nodes that are woken by hand", () => {
    expect(parseResumeFile(BY_HAND).jobsOf("n6")).toEqual([]);
  });

  it.each([
    ["[]", "the file is not an object"],
    ["{}", "jobs is not a list"],
    ['{"jobs":[7]}', "jobs[0] is not an object"],
    ['{"jobs":[{"job_id":"4","nodes":"n1"}]}', "jobs[0]: job_id is not a number"],
    ['{"jobs":[{"job_id":4}]}', "jobs[0]: it names no nodes"],
    ['{"jobs":[{"job_id":4,"nodes":"n[1"}]}', 'jobs[0]: "n[1": position 2'],
  ])("says what is wrong with %s", (text, message) => {
    expect(() => parseResumeFile(text)).toThrow(message);
  });
});

describe("readResumeFile()", () => {
  let directory: string;
  const fileWith = (text: string): string => {
    const file = join(directory, "resume");
    writeFileSync(file, text);
    return file;
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "resume-file-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("reads the file", async () => {
    const read = await readResumeFile(fileWith(OF_22_05));
    expect(read.kind === "read" && read.jobs.jobs).toHaveLength(2);
  });

  it("says that it has vanished", async () => {
    const path = join(directory, "gone");
    const read = await readResumeFile(path);
    expect(read).toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining(path) as string,
    });
  });

  it("says that it is cut short", async () => {
    const read = await readResumeFile(fileWith(OF_22_05.slice(0, 40)));
    expect(read).toMatchObject({
      kind: "unreadable",
      message: expect.stringMatching(/JSON/) as string,
    });
  });

  it("does not wait for a pipe that nobody writes to", async () => {
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await readResumeFile(pipe)).toMatchObject({ kind: "unreadable" });
  });

  it("stops reading at its bound", async () => {
    const file = fileWith("");
    truncateSync(file, 64 * 1024 * 1024);
    const read = await readResumeFile(file);
    expect(read).toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining("more than 33554432 bytes") as string,
    });
  });
});
