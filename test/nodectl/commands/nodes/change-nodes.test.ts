import { beforeEach, describe, expect, it } from "vitest";
import {
  changeNodes,
  type ChangeOutcome,
  type ChangeRequest,
} from "../../../../nodectl/commands/nodes/change-nodes.ts";
import { changeJson, formatChange } from "../../../../nodectl/commands/nodes/change-report.ts";
import type { Pause } from "../../../../nodectl/domain/pause.ts";
import type {
  JobAtRisk,
  JobsAtRisk,
  PowerControl,
  ReleaseControl,
} from "../../../../nodectl/slurm/control.ts";
import { NodeUpdateError } from "../../../../nodectl/slurm/slurm-command-error.ts";
import { RecordingSlurm } from "../recording-slurm.ts";
import { silentLog } from "../silent-log.ts";
import { slurmError } from "../slurm-error.ts";

/** What `citc nodes` asks for beside the rest. */
class AdminSlurm extends RecordingSlurm implements PowerControl, JobsAtRisk, ReleaseControl {
  nodeJobs: readonly JobAtRisk[] = [];
  /** What jobsAtRisk was asked about. */
  askedJobs: readonly string[] = [];

  powerUp(names: readonly string[]): Promise<void> {
    return this.note(`up ${names.join(",")}`);
  }
  powerDownWhenFree(names: readonly string[], reason = ""): Promise<void> {
    return this.note(`asap ${names.join(",")}: ${reason}`);
  }
  override powerDownByForce(names: readonly string[], reason?: string): Promise<void> {
    return this.note(`force ${names.join(",")}${reason === undefined ? "" : `: ${reason}`}`);
  }
  override drain(names: readonly string[] = [], reason = ""): Promise<void> {
    return this.note(`drain ${names.join(",")}: ${reason}`);
  }
  jobsAtRisk(names: readonly string[]): Promise<readonly JobAtRisk[]> {
    this.askedJobs = names;
    return Promise.resolve(this.nodeJobs);
  }
  private async note(call: string): Promise<void> {
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
    this.calls.push(call);
  }
}

const BATCH: JobAtRisk = { id: "12", user: "alice", isRequeueable: true };
const SRUN: JobAtRisk = { id: "13", user: "bob", isRequeueable: false };

let slurm: AdminSlurm;
let pause: Pause | undefined;

beforeEach(() => {
  slurm = new AdminSlurm();
  pause = undefined;
  slurm.setNode("n-1", "ALLOCATED", ["CLOUD"]);
  slurm.setNode("n-2", "IDLE", ["CLOUD"]);
  slurm.setNode("n-3", "IDLE", ["CLOUD", "POWERED_DOWN"]);
});

function change(
  kind: ChangeRequest["change"],
  nodeNames: readonly string[],
  more: Partial<ChangeRequest> = {},
): Promise<ChangeOutcome> {
  const readPause = (): Promise<Pause | undefined> => Promise.resolve(pause);
  return changeNodes(
    { slurm, readPause, log: silentLog },
    {
      change: kind,
      nodeNames,
      who: "opc",
      reason: undefined,
      isConfirmed: false,
      isDryRun: false,
      ...more,
    },
  );
}

function groupsOf(outcome: ChangeOutcome): readonly string[] {
  if (!("groups" in outcome)) return [];
  return outcome.groups.map(({ verdict, nodeNames }) => `${verdict.kind} ${nodeNames.join(",")}`);
}

describe("changeNodes()", () => {
  it("tells Slurm of those nodes that it is due with, and says what it left", async () => {
    const outcome = await change("stop", ["n-1", "n-2", "n-3"]);
    expect(groupsOf(outcome)).toEqual(["do n-1", "do n-2", "nothing n-3"]);
    expect(slurm.calls).toEqual([
      "asap n-1: citc: stopped by opc",
      "asap n-2: citc: stopped by opc",
    ]);
    expect(slurm.askedJobs).toEqual(["n-1", "n-2"]);
  });

  it("does nothing at all when a name is unknown, and offers the nearest", async () => {
    const outcome = await change("stop", ["n-1", "m-2"]);
    expect(outcome).toMatchObject({ kind: "unknown-nodes" });
    expect("message" in outcome && outcome.message).toMatch(/^Slurm has no node m-2 \(is it n-2/);
    expect(slurm.calls).toEqual([]);
  });

  it("names three of many unknown nodes", async () => {
    const outcome = await change(
      "stop",
      ["a", "b", "c", "d", "e"].map((letter) => `${letter.repeat(9)}-9`),
    );
    expect("message" in outcome && outcome.message).toMatch(/ccccccccc-9; and 2 more; /);
  });

  it("changes nothing in a dry run", async () => {
    expect(await change("confirm-dead", ["n-1"], { isDryRun: true })).toMatchObject({
      kind: "planned",
    });
    expect(slurm.calls).toEqual([]);
  });

  it("does not harm running jobs unless it is told to", async () => {
    slurm.nodeJobs = [BATCH, SRUN];
    const outcome = await change("stop-now", ["n-1"]);
    expect(outcome).toMatchObject({ kind: "needs-yes", jobs: [BATCH, SRUN] });
    expect(slurm.calls).toEqual([]);
    await change("stop-now", ["n-1"], { isConfirmed: true });
    expect(slurm.calls).toEqual(["force n-1: citc: stopped by opc"]);
  });

  it("stops nodes without jobs at once and without a question", async () => {
    expect(await change("stop-now", ["n-2"])).toMatchObject({ kind: "done" });
    expect(slurm.calls).toEqual(["force n-2: citc: stopped by opc"]);
  });

  it("sets a dead machine's node DOWN before it is powered down", async () => {
    slurm.nodeJobs = [BATCH];
    await change("confirm-dead", ["n-1"], { reason: "no ping" });
    expect(slurm.calls).toEqual(["down n-1 {}", "force n-1"]);
    expect(slurm.down.get("n-1")).toBe("citc: opc confirmed that the machine is dead: no ping");
  });

  it("powers down the dead nodes that Slurm knows when a finish has removed another meanwhile", async () => {
    const error = slurmError("Invalid node name specified");
    slurm.setNode("n-2", "ALLOCATED", ["CLOUD"]);
    slurm.setDown = (names) => {
      slurm.calls.push(`down ${names.join(",")}`);
      return Promise.reject(new NodeUpdateError([{ nodeName: "n-1", error }]));
    };
    const outcome = await change("confirm-dead", ["n-1", "n-2"]);
    expect(slurm.calls).toEqual(["down n-1,n-2", "force n-2"]);
    expect(outcome).toMatchObject({
      groups: [{ problem: "Slurm refused n-1: Invalid node name specified" }],
    });
  });

  it("drains with the admin's words and name, for to Slurm everybody is root", async () => {
    await change("drain", ["n-1"], { reason: "disk errors" });
    expect(slurm.calls).toEqual(["drain n-1: disk errors (opc)"]);
  });

  it("returns, and asks for no jobs", async () => {
    slurm.setNode("n-1", "IDLE", ["CLOUD", "DRAIN"]);
    slurm.nodeJobs = [BATCH];
    expect(await change("return", ["n-1"])).toMatchObject({ kind: "done", jobs: [] });
    expect(slurm.calls).toEqual(["return n-1"]);
  });

  it("starts nothing while launching is paused, which concerns nothing else", async () => {
    pause = { who: "opc", sinceMs: undefined, reason: "an incident" };
    const outcome = await change("start", ["n-3"]);
    expect(outcome).toEqual({
      kind: "paused",
      message: "launching is paused by opc: an incident",
    });
    expect(slurm.calls).toEqual([]);
    await change("stop", ["n-2"]);
    expect(slurm.calls).toHaveLength(1);
  });

  it("says what Slurm refused, and goes on with the others", async () => {
    slurm.refusal = slurmError("denied");
    const outcome = await change("stop", ["n-1", "n-3"]);
    expect(outcome).toMatchObject({
      kind: "done",
      groups: [{ problem: "scontrol: denied" }, { verdict: { kind: "nothing" } }],
    });
  });
});

describe("formatChange()", () => {
  it("tells what becomes of nodes and jobs", async () => {
    slurm.nodeJobs = [BATCH, SRUN];
    const outcome = await change("confirm-dead", ["n-1", "n-3"], { isDryRun: true });
    if (!("groups" in outcome)) throw new Error(outcome.kind);
    expect(formatChange("confirm-dead", outcome)).toBe(
      `1 node: n-1
  plan: given up (DOWN, then POWER_DOWN_FORCE); stopnode terminates what exists of it
1 node: n-3
  nothing to do: off already
Jobs that are requeued: 12 (alice)
Jobs that end (srun, salloc, --no-requeue): 13 (bob)
`,
    );
    expect(JSON.parse(changeJson("confirm-dead", outcome))).toMatchObject({
      change: "confirm-dead",
      kind: "planned",
      groups: [{ nodes: ["n-1"], kind: "do" }, { nodes: ["n-3"] }],
      jobs: [{ id: "12" }, { id: "13" }],
    });
  });

  it("names 20 of many jobs", async () => {
    slurm.nodeJobs = Array.from({ length: 25 }, (_, index) => ({ ...BATCH, id: `${index}` }));
    const outcome = await change("stop", ["n-1"]);
    if (!("groups" in outcome)) throw new Error(outcome.kind);
    expect(formatChange("stop", outcome)).toMatch(
      /Jobs that end first: 0 .*19 \(alice\) and 5 more/,
    );
  });
});
