import { beforeEach, describe, expect, it } from "vitest";
import { formatPlan } from "../../../../nodectl/commands/reconcile/plan-report.ts";
import { reconcile } from "../../../../nodectl/commands/reconcile/reconcile.ts";
import { ReconcileRig } from "./reconcile-rig.ts";

let rig: ReconcileRig;
beforeEach(() => {
  rig = new ReconcileRig();
  for (const name of ["n1", "n2"]) {
    rig.setNode(name, "MIXED");
    rig.launch(name, "TERMINATED");
  }
  rig.setNode("n3", "IDLE");
  rig.launch("n3", "RUNNING");
});

async function report(isDryRun: boolean, isJson = false): Promise<string> {
  const outcome = await reconcile(rig.context(), { isDryRun });
  if (outcome.kind === "blind") throw new Error(outcome.reason);
  return formatPlan(outcome, { isJson });
}

describe("formatPlan()", () => {
  it("says for all nodes of a rule together why, and what is to be done", async () => {
    expect(await report(true)).toBe(
      [
        "2 nodes: n[1-2]",
        "  why:  its instance has ended or was stopped",
        "  plan: set it DOWN with a reason (its jobs are requeued and told), then power it down by force",
        "",
      ].join("\n"),
    );
  });

  it("writes settings and commands as a terminal does, without the README's marks", async () => {
    rig.setNode("n4", "IDLE+INVALID_REG");
    rig.launch("n4", "RUNNING");
    const told = await report(true);
    expect(told).toContain("wait: set it DOWN for retry_seconds (its jobs are requeued and told)");
    expect(told).not.toContain("`");
  });

  it("says in the same words what was done", async () => {
    rig.nodes.delete("n2");
    rig.claims.delete("n2");
    const [first, ...rest] = (await report(false)).split("\n");
    expect(first).toBe("1 node: n1");
    expect(rest[1]).toMatch(/^ {2}done: set it DOWN/);
  });

  it("has one line when there is nothing to do", async () => {
    rig.nodes.delete("n1");
    rig.nodes.delete("n2");
    expect(await report(false)).toMatch(/^All \d nodes are in order\.\n$/);
  });

  it("tells scripts of each node that is not in order", async () => {
    const answer = JSON.parse(await report(true, true)) as object;
    expect(answer).toMatchObject({
      kind: "planned",
      counted: { nodes: 3, inOrder: 1 },
      doubts: [],
      decisions: [
        {
          node: "n1",
          kind: "act",
          rule: "lost-machine",
          slurmState: "busy",
          instanceState: "ended",
        },
        { node: "n2" },
      ],
    });
  });
});
