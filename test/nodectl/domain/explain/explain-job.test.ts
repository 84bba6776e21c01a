import { describe, expect, it } from "vitest";
import { explainJob } from "../../../../nodectl/domain/explain/explain-job.ts";
import type { Explanation } from "../../../../nodectl/domain/explain/explanation.ts";
import type { ClusterFacts, JobRecord } from "../../../../nodectl/domain/explain/facts.ts";
import { facts, group, job, machine, MINUTE_MS, node, NOW_MS, textOf } from "./explain-facts.ts";

function explain(change: Partial<JobRecord>, around: ClusterFacts = facts()): Explanation {
  const one = job(change);
  return explainJob(one.id, [one], around);
}

const commandsOf = ({ advice }: Explanation): readonly string[] =>
  advice.flatMap(({ command }) => command ?? []);

describe("explainJob() of a job that does not wait", () => {
  it("says where a job runs, since when, and when its time is over", () => {
    const startMs = NOW_MS - 12 * MINUTE_MS;
    const endMs = NOW_MS + 48 * MINUTE_MS;
    const told = explain({ state: "RUNNING", nodeNames: ["a-1", "a-2"], startMs, endMs });
    expect(told.cause).toBe("running");
    expect(told.headline).toMatch(
      /^Job 12 of alice runs since .*12 min ago\) on nodes a-\[1-2\]\.$/,
    );
    expect(told.next.join()).toMatch(/time limit \(10:00\) ends it at .*in 48 min/);
  });

  it("says how a job ended", () => {
    const endMs = NOW_MS - MINUTE_MS;
    const failed = explain({ state: "FAILED", exitStatus: 2 << 8, endMs, nodeNames: ["a-1"] });
    expect(failed.headline).toMatch(/has ended: FAILED with exit status 2, .*60 s ago/);
    const timeout = explain({ state: "TIMEOUT", endMs, nodeNames: ["a-1"] });
    expect(textOf(timeout)).toMatch(/Ask for more time \(--time\)/);
    expect(commandsOf(timeout)).toEqual(["sacct -j 12"]);
  });

  it("says that a job is unknown, and where else to look", () => {
    const told = explainJob("999", [], facts());
    expect(told.cause).toBe("unknown-job");
    expect(commandsOf(told)).toContain("sacct -j 999");
  });
});

describe("explainJob() of a job whose nodes wake", () => {
  const startMs = NOW_MS - 2 * MINUTE_MS;
  const waking = { state: "CONFIGURING", reason: "None", nodeCount: 3, startMs } as const;
  const nodeNames = ["a-1", "a-2", "a-3"];
  const up = node("a-1", "ALLOCATED");
  const booting = ["a-2", "a-3"].map((name) => node(name, "ALLOCATED+POWERING_UP"));

  it("says of each node how far it is, and until when it may take", () => {
    const around = facts({
      nodes: [up, ...booting],
      machines: [machine("a-1", "RUNNING"), machine("a-2", "RUNNING")],
    });
    const told = explain({ ...waking, nodeNames }, around);
    expect(told.cause).toBe("nodes-booting");
    expect(told.headline).toContain("(1 of 3 are up)");
    expect(told.nodes.map(({ nodes, notes }) => `${nodes}: ${notes.join()}`)).toEqual([
      "a-1: up",
      expect.stringMatching(
        /^a-2: its machine in PHX-AD-1 was launched .*usually takes up to 5 min/,
      ),
      expect.stringMatching(/^a-3: startnode is asking OCI for a machine since .*2 min ago/),
    ]);
    expect(told.next.join()).toMatch(/not registered by .*in 13 min\) is given up/);
  });

  it("names what OCI answered to the launches that are under way", () => {
    const refusal = {
      event: "launch refused",
      node: "a-3",
      shape: "VM.Standard.E4.Flex.1.8",
      availabilityDomain: "Uocm:PHX-AD-1",
      reason: "Out of host capacity.",
      status: 500,
      code: "InternalError",
      opcRequestId: "ID/1",
    };
    const around = facts({ nodes: [up, ...booting], machines: [], log: [refusal] });
    expect(textOf(explain({ ...waking, nodeNames }, around))).toMatch(
      /E4\.Flex\.1\.8 in PHX-AD-1: "500 InternalError: Out of host capacity", opc-request-id ID\/1/,
    );
  });

  it("reads in the log that a machine was launched, where OCI may not be asked", () => {
    const launched = { event: "launched instance", node: "a-2" };
    const around = facts({ nodes: [up, ...booting], log: [launched] });
    const notes = explain({ ...waking, nodeNames }, around).nodes.map(({ notes: [it] }) => it);
    expect(notes).toEqual([
      "up",
      expect.stringMatching(/^its machine was launched at .*30 s ago/),
      expect.stringMatching(/^being powered up since .*2 min ago/),
    ]);
  });

  it("says that it starts now when all of them are up", () => {
    const told = explain({ ...waking, nodeCount: 1, nodeNames: ["a-1"] }, facts({ nodes: [up] }));
    expect(told.headline).toBe("Job 12 of alice has its 1 node, and starts in a moment.");
  });
});

describe("explainJob() of a job that waits for a person or a time", () => {
  it.each([
    ["JobHeldUser", "held-by-user", "scontrol release 12"],
    ["JobHeldAdmin", "held-by-admin", "sudo scontrol release 12"],
    ["JobHoldMaxRequeue", "held-after-requeues", "scontrol release 12"],
    ["PartitionTimeLimit", "time-limit-too-long", "scontrol update jobid=12 timelimit=HH:MM:SS"],
    ["PartitionDown", "partition-closed", "sudo scontrol update partition=compute state=up"],
    ["DependencyNeverSatisfied", "dependency-never-satisfied", "scancel 12"],
  ])("%s is %s, and can be mended", (reason, cause, command) => {
    const told = explain({ reason });
    expect(told.cause).toBe(cause);
    expect(commandsOf(told)).toContain(command);
  });

  it("says on which jobs it depends, how, and what they do", () => {
    const other = job({ id: "7", jobId: 7, state: "RUNNING" });
    const dependency = "afterok:7(unfulfilled),singleton(unfulfilled)";
    const told = explain({ reason: "Dependency", dependency }, facts({ jobs: [other] }));
    expect(told.why).toEqual([
      "It starts when job 7 has ended well (job 7 is RUNNING now).",
      expect.stringContaining("singleton"),
    ]);
  });

  it("tells a begin time of the user's from a requeue", () => {
    const eligibleMs = NOW_MS + 60 * MINUTE_MS;
    const later = explain({ reason: "BeginTime", eligibleMs });
    expect(later.cause).toBe("begin-time");
    expect(later.headline).toMatch(/to start at .*in 60 min/);
    const requeued = explain({ reason: "BeginTime", eligibleMs: NOW_MS + 90_000, restarts: 2 });
    expect(requeued.cause).toBe("requeued");
    expect(textOf(requeued)).toMatch(/looked at again after .*\n.*put back 2 times/);
  });

  it("does not blame a machine that could not be had long ago for a requeue of today", () => {
    const adminComment = "startnode: no machine to be had: old; next try after 2026-11-24 10:00";
    expect(explain({ reason: "BeginTime", restarts: 2, adminComment }).cause).toBe("requeued");
  });

  it("explains Slurm's other words, and quotes those that it does not know", () => {
    expect(explain({ reason: "Licenses" }).headline).toContain("licences");
    expect(explain({ reason: "QOSMaxJobsPerUserLimit" }).headline).toContain("quality of service");
    expect(explain({ reason: "MaxPowered" }).headline).toContain("nodes are powered up");
    expect(explain({ reason: "MaxJobsPerAccount" }).headline).toContain("accounting sets");
    expect(explain({ reason: "SomethingNew" }).headline).toContain('Slurm says "SomethingNew"');
  });
});

describe("explainJob() of a job that asks for what there is not", () => {
  it("counts the nodes that fit, when it wants more of them", () => {
    const told = explain({ reason: "PartitionConfig", nodeCount: 30 });
    expect(told.cause).toBe("asks-too-much");
    expect(told.why).toContain("It asks for 30 nodes; 3 nodes there have what it wants.");
    expect(commandsOf(told)).toContain("scontrol update jobid=12 numnodes=3");
  });

  it.each([
    [{ memory: "900G" }, "900G of memory on a node, of 7434M"],
    [{ cpusPerNodeMin: 64 }, "64 processors on a node, of 2"],
    [{ features: "gpu&ad=1" }, "--constraint=gpu"],
    [{ gres: "gres:gpu:1" }, "--gres=gpu"],
  ])("names what no node has: %o", (wish, lack) => {
    const told = explain({ reason: "BadConstraints", ...wish });
    expect(told.why).toContain(`Nodes there do not have: ${lack}.`);
  });

  it("notices it too when Slurm only says Resources", () => {
    expect(explain({ memory: "900G" }).cause).toBe("asks-too-much");
  });
});

describe("explainJob() of a job in the queue", () => {
  const busy = ["a-1", "a-2", "a-3"].map((name) => node(name, "ALLOCATED"));
  const holder = job({
    id: "7",
    jobId: 7,
    user: "bob",
    state: "RUNNING",
    nodeNames: ["a-1", "a-2", "a-3"],
    endMs: NOW_MS + 40 * MINUTE_MS,
  });

  it("names who has the nodes, and until when", () => {
    const told = explain({ nodeCount: 2 }, facts({ nodes: busy, jobs: [holder] }));
    expect(told.cause).toBe("nodes-busy");
    expect(told.headline).toContain("it needs 2 nodes; of the 3 that fit, 0 are free");
    expect(told.nodes).toEqual([
      { nodes: "a-[1-3]", notes: [expect.stringMatching(/^job 7 of bob, until .*in 40 min/)] },
    ]);
    expect(told.next).toEqual(["Slurm has no plan yet for when it starts."]);
  });

  it("tells Slurm's plan, and that fewer nodes could be had now", () => {
    const around = facts({ nodes: busy.slice(0, 2), jobs: [holder] });
    const startMs = NOW_MS + 40 * MINUTE_MS;
    const told = explain({ nodeCount: 2, startMs, plannedNodes: ["a-1", "a-3"] }, around);
    expect(told.next.join()).toMatch(/plans to start it at .*in 40 min\) on nodes a-\[1,3\]/);
    expect(commandsOf(told)).toContain("scontrol update jobid=12 numnodes=1");
  });

  it("names the jobs before it, without those that wait for something else", () => {
    const before = [
      job({ id: "10", jobId: 10, priority: 300 }),
      job({ id: "11", jobId: 11 }),
      job({ id: "8", jobId: 8, reason: "JobHeldUser", priority: 0 }),
      job({ id: "9", jobId: 9, priority: 500, eligibleMs: NOW_MS + MINUTE_MS }),
      job({ id: "5", jobId: 5, priority: 500, reason: "PartitionConfig" }),
      job({ id: "6", jobId: 6, priority: 500, partitions: ["other"] }),
      job({ id: "13", jobId: 13 }),
    ];
    const told = explain({ reason: "Priority" }, facts({ jobs: before }));
    expect(told.cause).toBe("lower-priority");
    expect(told.why[0]).toBe("Before it in the queue: 10 (alice) and 11 (alice).");
    expect(commandsOf(told)).toContain("citc explain 10");
  });

  it("says who took which node out of service, and why", () => {
    const drained = node("a-2", "IDLE+DRAIN", "broken fan", "root");
    const reason = "ReqNodeNotAvail, UnavailableNodes:a-2";
    const told = explain({ reason, requestedNodes: ["a-2"] }, facts({ nodes: [drained] }));
    expect(told.cause).toBe("nodes-out-of-service");
    expect(told.headline).toContain("it needs 1 node, and of the 1 that fit none is in service");
    expect(told.nodes).toEqual([{ nodes: "a-2", notes: ['out of service by root: "broken fan"'] }]);
    expect(commandsOf(told)).toEqual([
      "scontrol update jobid=12 reqnodelist=",
      "citc explain a-2",
      "sudo scontrol update nodename=a-2 state=resume",
    ]);
  });

  it("says that nothing is in the way when enough nodes are free", () => {
    expect(explain({ reason: "None" }).cause).toBe("about-to-start");
  });

  it("goes by Slurm's word where nodes.json cannot be read", () => {
    const blind = facts({ groups: [], nodes: [node("a-1", "ALLOCATED")] });
    expect(explain({ reason: "Resources" }, blind).cause).toBe("nodes-busy");
    expect(explain({ reason: "ReqNodeNotAvail" }, blind).cause).toBe("nodes-out-of-service");
  });

  it("does not count nodes of other partitions, or that go with the next finish", () => {
    const groups = [
      group("a-1"),
      group("b-1", { slurm: { options: {}, partitions: ["other"] } }),
      group("c-1", { isRetired: true }),
    ];
    const told = explain({ reason: "PartitionConfig", nodeCount: 2 }, facts({ groups }));
    expect(told.why[0]).toContain("1 node there has what it wants");
  });
});

describe("explainJob() of an array", () => {
  it("counts its parts, and explains the first that waits", () => {
    const tasks = [
      job({ id: "12_1", jobId: 13, state: "RUNNING", nodeNames: ["a-1"] }),
      job({ id: "12_[2-5%1]", reason: "JobArrayTaskLimit" }),
    ];
    const told = explainJob("12", tasks, facts());
    expect(told.headline).toMatch(
      /^Job 12 has 2 parts \(1 RUNNING, 1 PENDING\)\. Job 12_\[2-5%1\] .*as many tasks/,
    );
    expect(told.why.slice(0, 2)).toEqual(["12_1: running", "12_[2-5%1]: other"]);
    expect(commandsOf(told)).toContain("citc explain 12_2");
  });
});
