import { beforeEach, describe, expect, it } from "vitest";
import { abandonNodes, failNodes, type FailContext } from "../../../nodectl/commands/fail-nodes.ts";
import type { LogFields } from "../../../nodectl/domain/log.ts";
import { localIsoTime } from "../../../nodectl/domain/local-time.ts";
import { resumeJobs } from "../../../nodectl/domain/resume-jobs.ts";
import { NodeUpdateError } from "../../../nodectl/slurm/slurm-command-error.ts";
import { RecordingSlurm } from "./recording-slurm.ts";
import { slurmError } from "./slurm-error.ts";

const NOW = Date.parse("2026-11-25T14:00:00Z");
const RETRY = NOW + 300_000;
const DELAY = 600_000;
const NO_MACHINE = '{"hasNoMachine":true}';

let slurm: RecordingSlurm;
let lines: string[];
/** The nodes of each error of Slurm's. */
let refusals: (string | undefined)[];

beforeEach(() => {
  slurm = new RecordingSlurm();
  lines = [];
  refusals = [];
  for (const name of ["n1", "n2", "n3"]) slurm.setNode(name, "ALLOCATED", ["CLOUD", "POWERING_UP"]);
});

function context(): FailContext {
  const write = (event: string, { nodes }: LogFields = {}): void => {
    lines.push(event);
    if (event.startsWith("Slurm refused")) refusals.push(nodes);
  };
  return {
    slurm,
    resumeJobs: resumeJobs([
      { jobId: 7, nodeNames: ["n1", "n2"] },
      { jobId: 8, nodeNames: ["n3"] },
    ]),
    retryDelayMs: DELAY,
    clock: { now: () => NOW, sleep: () => Promise.reject(new Error("nothing is waited for")) },
    log: { info: write, warn: write, error: write },
  };
}

function setJob(jobId: number, adminComment = "", isInteractive = false): void {
  slurm.jobs.set(jobId, { jobId, adminComment, isInteractive });
}

describe("failNodes()", () => {
  it("tells the jobs, sets the nodes of one reason DOWN in one call, and ends their power-up", async () => {
    setJob(7);
    const reason = "no room";
    await failNodes(context(), [
      { nodeName: "n1", reason, retryAtMs: RETRY },
      { nodeName: "n2", reason, retryAtMs: RETRY },
    ]);
    expect(slurm.calls).toEqual([
      expect.stringMatching(/^comment 7: startnode: no machine to be had: no room; next try after/),
      'down n1,n2 {"hasNoMachine":true,"resumeAfterSeconds":300}',
      "power down n1,n2",
    ]);
    expect(slurm.down.get("n1")).toBe(`startnode: no room [next try ${localIsoTime(RETRY)}]`);
  });

  it("tries again after the usual delay when the failure names no time", async () => {
    await failNodes(context(), [{ nodeName: "n1", reason: "no such image" }]);
    expect(slurm.down.get("n1")).toContain(localIsoTime(NOW + DELAY));
  });

  it("logs the jobs that each node was for: Slurm forgets which nodes a requeued job had", async () => {
    const jobs: unknown[] = [];
    const log = { ...context().log, error: (_: string, fields?: LogFields) => jobs.push(fields) };
    const failures = ["n1", "n3", "unknown"].map((nodeName) => ({ nodeName, reason: "x" }));
    await failNodes({ ...context(), log }, failures);
    expect(jobs).toEqual([
      { node: "n1", reason: "x", jobs: "7" },
      { node: "n3", reason: "x", jobs: "8" },
      { node: "unknown", reason: "x" },
    ]);
  });

  it("leaves nodes alone that Slurm is not waking", async () => {
    slurm.setNode("n1", "IDLE", ["CLOUD", "POWERED_DOWN"]);
    slurm.setNode("n2", "ALLOCATED", ["CLOUD"]);
    setJob(7);
    const nodes = ["n1", "n2", "unknown"];
    await failNodes(
      context(),
      nodes.map((nodeName) => ({ nodeName, reason: "x" })),
    );
    expect(slurm.calls).toEqual([]);
  });

  it("prints at the terminal of an srun, and at no batch job's", async () => {
    setJob(7, "", true);
    setJob(8);
    await failNodes(context(), [
      { nodeName: "n1", reason: "no room" },
      { nodeName: "n3", reason: "no room" },
    ]);
    const notified = slurm.calls.filter((call) => call.startsWith("notify"));
    expect(notified).toEqual([expect.stringMatching(/^notify 7: startnode: no machine/)]);
  });

  it("replaces its own comment, and nobody else's", async () => {
    setJob(7, "startnode: no mach");
    setJob(8, "paid by the dean");
    await failNodes(context(), [
      { nodeName: "n1", reason: "no room" },
      { nodeName: "n3", reason: "no room" },
    ]);
    expect(slurm.calls.filter((call) => call.startsWith("comment"))).toEqual([
      expect.stringMatching(/^comment 7: /),
    ]);
  });

  it("logs what Slurm refuses, and goes on", async () => {
    setJob(7);
    slurm.refusal = slurmError();
    await failNodes(context(), [{ nodeName: "n1", reason: "no room" }]);
    expect(lines).toEqual([
      "could not start node",
      "could not tell the users of jobs",
      "Slurm refused to set nodes down: they wait for ResumeTimeout",
    ]);
  });

  it("powers down none but those that Slurm has set DOWN: the others would be open at once", async () => {
    const setDown = slurm.setDown.bind(slurm);
    slurm.setDown = async (names, reason, options) => {
      await setDown(
        names.filter((name) => name === "n2"),
        reason,
        options,
      );
      if (names.includes("n3")) throw slurmError();
      throw new NodeUpdateError([{ nodeName: "n1", error: slurmError() }]);
    };
    await failNodes(context(), [
      { nodeName: "n1", reason: "no room" },
      { nodeName: "n2", reason: "no room" },
      { nodeName: "n3", reason: "no such image" },
    ]);
    expect(slurm.calls.at(-1)).toBe("power down n2");
    expect(refusals).toEqual(["n1", "n3"]);
  });

  it("asks nothing of Slurm when nothing has failed", async () => {
    slurm.listNodes = () => Promise.reject(new Error("not to be asked"));
    await failNodes(context(), []);
    expect(slurm.calls).toEqual([]);
  });
});

describe("abandonNodes()", () => {
  it("gives the nodes back without a cool-down and without a word to their job", async () => {
    setJob(7);
    await abandonNodes(context(), [{ nodeName: "n2", reason: "its job cannot have n1" }]);
    expect(slurm.calls).toEqual([`down n2 ${NO_MACHINE}`, "power down n2"]);
    expect(slurm.down.get("n2")).toBe("startnode: its job cannot have n1");
  });
});
