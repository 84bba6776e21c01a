import { describe, expect, it } from "vitest";
import { explainNode } from "../../../../nodectl/domain/explain/explain-node.ts";
import { phaseOf } from "../../../../nodectl/domain/explain/node-phase.ts";
import { phaseWords } from "../../../../nodectl/domain/explain/phase-words.ts";
import { failureReason, nextTryText } from "../../../../nodectl/domain/failed-node.ts";
import { decide } from "../../../../nodectl/domain/reconcile/decide.ts";
import { lookAtNodes } from "../../../../nodectl/domain/reconcile/look.ts";
import { NO_MEMORY } from "../../../../nodectl/domain/reconcile/memory.ts";
import {
  SLURM_STATES,
  slurmStateOf,
  type SlurmRecord,
} from "../../../../nodectl/domain/reconcile/slurm-state.ts";
import type { BootNote } from "../../../../nodectl/domain/reconcile/sight.ts";
import {
  closed,
  facts,
  job,
  machine,
  MINUTE_MS,
  node,
  NOW_MS,
  SHAPE,
  textOf,
} from "./explain-facts.ts";

const RETRY = failureReason(
  `500 X: Out of host capacity for ${SHAPE} in PHX-AD-1`,
  NOW_MS + 4 * MINUTE_MS,
);

/** What reconcile would do with a node, as a pass that sees it for the first time. */
function decisionsOf(
  slurm: SlurmRecord,
  machines: readonly ReturnType<typeof machine>[],
  notes: ReadonlyMap<string, BootNote> = new Map(),
) {
  const claims = new Map([[slurm.name, "wanted" as const]]);
  const seen = { slurmNodes: [slurm], instances: machines, addresses: [], claims, notes };
  const lists = { ...seen, nowMs: NOW_MS };
  const limits = { orphanGraceMs: 1, bootLimitMs: MINUTE_MS * 12, runDeadlineMs: MINUTE_MS * 10 };
  const around = { nowMs: NOW_MS, limits, isInstanceListWhole: true };
  return new Map(lookAtNodes(lists, NO_MEMORY).map((sight) => [sight.name, decide(sight, around)]));
}

describe("explainNode()", () => {
  it("says of a free node that a job wakes it, and as what", () => {
    const told = explainNode("a-1", facts({ machines: [] }));
    expect(told.headline).toBe("a-1 is off and free: the first job that needs it has it started.");
    expect(told.why).toEqual([
      `It is launched as ${SHAPE} in PHX-AD-1, for compute.`,
      "OCI has no instance of it.",
    ]);
  });

  it("says why no machine was to be had, when it is tried again, and how to try at once", () => {
    const capacity = closed("capacity", "500 InternalError: Out of host capacity.");
    const nodes = [node("a-1", "DOWN+POWERED_DOWN", RETRY)];
    const told = explainNode("a-1", facts({ nodes, capacity }));
    expect(told.cause).toBe("off-down-ours");
    expect(told.headline).toMatch(
      /^a-1 is off until .*in 4 min\): no machine was to be had for it/,
    );
    expect(textOf(told)).toMatch(
      /PHX-AD-1: OCI said "500 InternalError: Out of host capacity"; asked/,
    );
    expect(told.next.join()).toMatch(/returns to service at .*in 4 min/);
    expect(told.advice.map(({ command }) => command)).toEqual([
      "sudo scontrol update nodename=a-1 state=resume",
    ]);
  });

  it.each([
    [
      "startnode: launching is paused by opc: trouble",
      "launching is paused",
      "launching is paused",
    ],
    ["reconcile: it is too small", "our own programs gave it up", "given up"],
  ])("speaks of OCI's machines only where they were not to be had: %s", (words, said, inShort) => {
    const reason = `${words} ${nextTryText(NOW_MS + 4 * MINUTE_MS)}`;
    for (const state of ["DOWN+POWERED_DOWN", "IDLE+POWERING_DOWN"]) {
      const around = facts({ nodes: [node("a-1", state, reason)] });
      const told = explainNode("a-1", around);
      expect(told.headline).toMatch(/^a-1 is off until .*in 4 min\): /);
      expect(told.headline.endsWith(`: ${said}.`)).toBe(true);
      expect(phaseWords(phaseOf("a-1", around), around)).toMatch(
        RegExp(`^${inShort}; tried again`),
      );
    }
  });

  it("does not take a next try that is past, as 24.11 keeps it, for what holds now", () => {
    const past = failureReason("Out of host capacity", NOW_MS - MINUTE_MS);
    const around = facts({ nodes: [node("a-1", "IDLE+POWERING_DOWN", past)] });
    const told = explainNode("a-1", around);
    expect(told.headline).toBe("a-1 is being powered down; it is free again in a moment.");
    expect(told.next).toEqual([]);
    expect(phaseOf("a-1", around)).toEqual({ kind: "going" });
  });

  it("follows a node that wakes: its instance, its job, and when Slurm gives it up", () => {
    const nodes = [node("a-1", "ALLOCATED+POWERING_UP")];
    const waiting = job({ state: "CONFIGURING", nodeNames: ["a-1"], startMs: NOW_MS - 65_000 });
    const told = explainNode(
      "a-1",
      facts({ nodes, jobs: [waiting], machines: [machine("a-1", "RUNNING")] }),
    );
    expect(told.headline).toContain("its machine boots, and its slurmd has not registered yet");
    expect(textOf(told)).toMatch(
      /OCI has its instance as RUNNING: .* in PHX-AD-1, created .*60 s ago/,
    );
    expect(textOf(told)).toContain("Its jobs: 12 (alice, CONFIGURING).");
    expect(told.next.join()).toMatch(/Slurm gives it up at about .*in 14 min/);
  });

  it("names a machine as limits.yaml does: OCI tells the size of fixed shapes too", () => {
    const shapeConfig = { ocpus: 1, memoryGib: 15 };
    const fixed = { ...machine("a-1", "RUNNING"), shape: "VM.Standard2.1", shapeConfig };
    const told = explainNode("a-1", facts({ nodes: [node("a-1", "IDLE")], machines: [fixed] }));
    expect(textOf(told)).toContain("OCI has its instance as RUNNING: VM.Standard2.1 in PHX-AD-1,");
  });

  it("says who drained it and why, and that reconcile leaves it alone", () => {
    const drained = node("a-1", "IDLE+DRAIN", "broken fan", "root");
    const machines = [machine("a-1", "RUNNING")];
    const decisions = decisionsOf(drained, machines);
    const told = explainNode("a-1", facts({ nodes: [drained], machines, decisions }));
    expect(told.headline).toBe("a-1 takes no new jobs: root has drained it.");
    expect(textOf(told)).toMatch(/reason in Slurm, set by root: "broken fan"/);
    expect(told.next.join()).toMatch(/citc reconcile leaves it alone: /);
  });

  it("tells what the next pass of reconcile does, and why", () => {
    const lost = node("a-1", "ALLOCATED");
    const machines = [machine("a-1", "TERMINATED")];
    const decision = decisionsOf(lost, machines).get("a-1");
    if (decision?.kind !== "act") throw new Error("the table no longer acts on a lost machine");
    const decisions = new Map([["a-1", decision]]);
    const told = explainNode("a-1", facts({ nodes: [lost], machines, decisions }));
    expect(told.next.join()).toContain(decision.rule.why);
    expect(textOf(told)).toContain("OCI has its last instance as TERMINATED");
  });

  it("tells why its machine could not be configured, in that one's own words", () => {
    const waking = node("a-1", "ALLOCATED+POWERING_UP");
    const machines = [machine("a-1", "RUNNING")];
    const { instanceOcid = "" } = machines[0] ?? {};
    const notes = new Map([["a-1", { instanceOcid, words: "munge : no key." }]]);
    const decisions = decisionsOf(waking, machines, notes);
    const told = explainNode("a-1", facts({ nodes: [waking], machines, decisions }));
    expect(told.next.join()).toMatch(/: its machine could not be configured: munge : no key\.$/);
  });

  it("writes on a terminal what the README's table has in its marks", () => {
    const off = node("a-1", "IDLE+POWERED_DOWN");
    const machines = [machine("a-1", "RUNNING")];
    const told = explainNode(
      "a-1",
      facts({ nodes: [off], machines, decisions: decisionsOf(off, machines) }),
    );
    expect(told.next.join()).toContain("older than orphan_grace_seconds");
    expect(textOf(told)).not.toContain("`");
  });

  it("tells the turning points of the log, each once", () => {
    const log = [
      { event: "launch refused", node: "a-1", reason: "no" },
      { event: "launch refused", node: "a-1", reason: "no" },
      { event: "launch refused", node: "a-2", reason: "other node" },
      { event: "node state set", nodes: "a-[1-2]", action: "DOWN" },
      { event: "set nodes down", nodes: "a-[1-2]", reason: "startnode: no" },
    ];
    const { history } = explainNode("a-1", facts({ log }));
    expect(history).toEqual([
      expect.stringMatching(/startnode: launch refused: no$/),
      expect.stringMatching(/startnode: set nodes down: startnode: no$/),
    ]);
  });

  it("suggests names for a node that there is not", () => {
    const told = explainNode("a-4", facts());
    expect(told.cause).toBe("unknown-node");
    expect(told.advice[0]?.text).toBe("Did you mean a-1 or a-2 or a-3?");
  });

  it("tells of a node of nodes.json that Slurm does not have", () => {
    const told = explainNode("a-1", { ...facts(), nodes: new Map() });
    expect(told.cause).toBe("absent");
    expect(told.advice.map(({ command }) => command)).toEqual(["~opc/finish"]);
  });

  it.each([
    node("a-1", "IDLE"),
    node("a-1", "MIXED"),
    node("a-1", "IDLE+POWERING_DOWN"),
    node("a-1", "IDLE+POWERING_DOWN", RETRY),
    node("a-1", "DOWN+POWERING_UP", RETRY),
    node("a-1", "DOWN+POWERED_DOWN", "ResumeTimeout reached"),
    node("a-1", "DOWN+POWERED_DOWN", "under repair", "root"),
    node("a-1", "IDLE+NOT_RESPONDING"),
    node("a-1", "DOWN", "reconcile: its instance has ended"),
    node("a-1", "DOWN", "Not responding"),
    node("a-1", "DOWN", "under repair", "root"),
    node("a-1", "IDLE+DRAIN+INVALID_REG", "Low RealMemory"),
    node("a-1", "IDLE+DRAIN", "finish: no longer in limits.yaml"),
    node("a-1", "IDLE+DRAIN", "Kill task failed"),
  ])("has one plain sentence for $base $flags ($reason)", (record) => {
    const told = explainNode("a-1", facts({ nodes: [record] }));
    expect(told.cause).toBe(slurmStateOf(record));
    expect(told.cause in SLURM_STATES).toBe(true);
    expect(told.headline).toMatch(/^a-1 (is|was|takes) .*\.$/);
    expect(told.headline).not.toContain("undefined");
  });
});

describe("a machine that boots", () => {
  it("is said to be late when it takes longer than usual", () => {
    const nodes = [node("a-1", "ALLOCATED+POWERING_UP")];
    const machines = [machine("a-1", "RUNNING", NOW_MS - 7 * MINUTE_MS)];
    expect(explainNode("a-1", facts({ nodes, machines })).next[0]).toContain(
      "usually takes up to 5 min: it is late",
    );
  });
});
