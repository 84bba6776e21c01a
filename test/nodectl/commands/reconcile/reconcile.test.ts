import { beforeEach, describe, expect, it } from "vitest";
import {
  reconcile,
  type ReconcileOutcome,
} from "../../../../nodectl/commands/reconcile/reconcile.ts";
import { parseMemory } from "../../../../nodectl/domain/reconcile/memory.ts";
import { OciCallError } from "../../../../nodectl/oci/oci-errors.ts";
import { NodeUpdateError } from "../../../../nodectl/slurm/slurm-command-error.ts";
import { MINUTE_MS, ReconcileRig, START_MS } from "./reconcile-rig.ts";
import { slurmError } from "../slurm-error.ts";

let rig: ReconcileRig;
beforeEach(() => {
  rig = new ReconcileRig();
});

function pass(isDryRun = false): Promise<ReconcileOutcome> {
  return reconcile(rig.context(), { isDryRun });
}

async function passLater(): Promise<ReconcileOutcome> {
  await rig.clock.sleep(MINUTE_MS);
  return pass();
}

/** A node that is up and heard, so that the list of instances is taken for whole. */
function addHealthyNode(): void {
  rig.setNode("n9", "IDLE");
  rig.launch("n9", "RUNNING");
}

const DOWN =
  'down n1 reconcile: its instance has ended or was stopped (TERMINATED) {"hasNoMachine":false}';

describe("a pass", () => {
  it("tells the jobs first, then sets a lost node DOWN, then powers it down", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.jobs.push(
      { jobId: 3, isInteractive: false, adminComment: "" },
      { jobId: 4, isInteractive: true, adminComment: "paid by the dean" },
      { jobId: 5, isInteractive: false, adminComment: "startnode: no machine" },
    );
    await pass();
    const notice =
      "reconcile: a node of this job was lost: its instance has ended or was stopped (TERMINATED)";
    expect(rig.calls).toEqual([`comment 3,5 ${notice}`, `notify 4 ${notice}`, DOWN, "force n1"]);
  });

  it("gives up nodes that wake at no address, and returns nodes beside them", async () => {
    rig.setNode("n1", "ALLOCATED+POWERING_UP");
    rig.launch("n1", "RUNNING");
    await pass();
    rig.cloud.setState("i-1", "TERMINATED");
    rig.setNode("n2", "DOWN+POWERED_DOWN slurm: ResumeTimeout reached");
    await passLater();
    expect(rig.calls).toEqual([
      'down n1 reconcile: its instance has ended before the node registered (TERMINATED) {"hasNoMachine":true}',
      "force n1",
      "return n2",
    ]);
  });

  it("looks again after ten seconds, and leaves alone what has mended itself", async () => {
    rig.setNode("n1", "ALLOCATED+POWERING_UP");
    rig.launch("n1", "RUNNING");
    await pass();
    await rig.clock.sleep(MINUTE_MS);
    rig.cloud.setState("i-1", "TERMINATED");
    rig.cloud.onList = (count) => {
      if (count === 3) rig.launch("n1", "PROVISIONING", 0);
    };
    const startMs = rig.clock.now();
    expect((await pass()).kind).toBe("done");
    expect(rig.clock.now() - startMs).toBe(10_000);
    expect(rig.calls).toEqual([]);
  });

  it("does not touch a node whose state has changed since it was decided upon", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.onSlurmList = (count) => {
      if (count === 2) rig.setNode("n1", "ALLOCATED+POWERING_UP");
    };
    await pass();
    expect(rig.calls).toEqual([]);
  });

  it("terminates an orphan at the second look after its grace, and not before", async () => {
    addHealthyNode();
    const young = rig.launch("n1", "RUNNING", 4 * MINUTE_MS - 1);
    await pass();
    await passLater();
    expect(rig.calls).toEqual([]);
    await passLater();
    expect(rig.calls).toEqual([`terminate ${young.instanceOcid}`]);
  });

  it("starts anew when its memory is torn or cannot be read or written, and says so", async () => {
    addHealthyNode();
    rig.launch("n1", "RUNNING", 60 * MINUTE_MS);
    await pass();
    rig.memory = rig.memory.slice(0, -5);
    await passLater();
    expect(rig.calls).toEqual([]);
    rig.isMemoryBroken = true;
    await passLater();
    expect(rig.calls).toEqual([]);
    expect(rig.warnings.join()).toMatch(/could not read .* no space left.*could not write/);
    rig.isMemoryBroken = false;
    await passLater();
    expect(rig.calls).toHaveLength(1);
  });

  it("remembers what it is about to do before it does it", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.refusals.set("down", new Error("killed here"));
    await expect(pass()).rejects.toThrow("killed here");
    expect(parseMemory(rig.memory)).toMatchObject({ passMs: START_MS, nodes: { n1: {} } });
  });

  it("says in a dry run what a pass would do, and changes and remembers nothing", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    const planned = await pass(true);
    expect(planned).toMatchObject({ kind: "planned" });
    expect([rig.calls, rig.memory]).toEqual([[], ""]);
    const done = await pass();
    const decided = [planned, done].map((it) =>
      it.kind === "blind" ? it.kind : it.seen.decisions,
    );
    expect(decided[1]).toEqual(decided[0]);
  });

  it("keeps a list and an address in any number of passes, and no call for each node", async () => {
    for (let index = 1; index <= 200; index += 1) {
      rig.setNode(`n${index}`, "MIXED");
      rig.launch(`n${index}`, "TERMINATED");
    }
    await pass();
    expect(rig.cloud.instanceLists).toBe(1);
    expect(rig.calls.map((call) => call.slice(0, 5))).toEqual(["down ", "force"]);
  });
});

describe("what cannot be seen", () => {
  const failure = { class: "auth", operation: "ListInstances", message: "not today" } as const;

  it("OCI refuses its list: nothing is done, and that is said", async () => {
    rig.setNode("n1", "MIXED");
    rig.listInstances = () => Promise.reject(new OciCallError(failure));
    expect(await pass()).toMatchObject({
      kind: "blind",
      reason: expect.stringMatching(/^OCI: .*not today/) as string,
    });
    expect(rig.calls).toEqual([]);
  });

  it("OCI refuses its addresses: what does not need them is done, and that is said", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.setNode("n2", "MIXED");
    rig.launch("n2", "STOPPED");
    rig.addresses = new OciCallError(failure);
    const outcome = await pass();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    expect(outcome.seen.doubts).toEqual([expect.stringMatching(/^OCI: .*not today/)]);
    expect(rig.calls.at(-1)).toBe("force n2");
  });

  it("Slurm does not answer, or has no nodes: the same", async () => {
    rig.launch("n1", "RUNNING", 60 * MINUTE_MS);
    expect(await pass()).toMatchObject({
      kind: "blind",
      reason: expect.stringContaining("empty") as string,
    });
    rig.onSlurmList = () => {
      throw slurmError("Unable to contact slurm controller");
    };
    expect(await passLater()).toMatchObject({
      kind: "blind",
      reason: expect.stringMatching(/^Slurm: /) as string,
    });
    expect(rig.calls).toEqual([]);
  });

  it("OCI's list comes back empty: nothing is concluded from it, however often", async () => {
    rig.setNode("n1", "MIXED");
    rig.setNode("n2", "IDLE+NOT_RESPONDING");
    rig.setNode("n3", "DOWN+NOT_RESPONDING slurm: Not responding");
    for (let count = 0; count < 3; count += 1) {
      const outcome = await passLater();
      if (outcome.kind !== "done") throw new Error(outcome.kind);
      expect(outcome.seen.doubts.join()).toContain("came back short");
    }
    expect(rig.calls).toEqual([]);
  });

  it("only the record of an earlier life is listed, and the node's address is there: the same", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED", 60 * MINUTE_MS);
    rig.addresses = ["n1"];
    await pass();
    await passLater();
    expect(rig.calls).toEqual([]);
  });
});

describe("what is refused", () => {
  it("by Slurm: keeps no other rule from its turn, and is tried again", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.setNode("n2", "DOWN+POWERED_DOWN slurm: ResumeTimeout reached");
    const error = slurmError("Invalid node name specified");
    rig.refusals.set("down", new NodeUpdateError([{ nodeName: "n1", error }]));
    const outcome = await pass();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    const problems = outcome.acted.acts.map(({ act, problem }) => [act.node.name, problem]);
    expect(problems).toEqual([
      ["n1", expect.stringContaining("Invalid node name") as string],
      ["n2", undefined],
    ]);
    expect(rig.calls).toEqual([DOWN, "force n1", "return n2"]);
  });

  it("by OCI: is said of the orphan", async () => {
    addHealthyNode();
    rig.launch("n1", "RUNNING", 60 * MINUTE_MS);
    await pass();
    rig.cloud.terminateInstance = () =>
      Promise.resolve({
        kind: "refused",
        failure: { class: "auth", operation: "TerminateInstance", message: "no permission" },
      });
    const outcome = await passLater();
    expect(outcome).toMatchObject({ acted: { acts: [{ problem: "no permission" }] } });
  });

  it("that the jobs are told keeps no node waiting", async () => {
    rig.setNode("n1", "MIXED");
    rig.launch("n1", "TERMINATED");
    rig.jobs.push({ jobId: 3, isInteractive: false, adminComment: "" });
    rig.refusals.set("comment", slurmError("Access/permission denied"));
    await pass();
    expect(rig.calls.slice(1)).toEqual([DOWN, "force n1"]);
    expect(rig.warnings.join()).toContain("could not tell the users");
  });
});
