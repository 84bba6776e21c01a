import { describe, expect, it } from "vitest";
import { explain, type ExplainContext } from "../../../nodectl/commands/explain.ts";
import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import { group, job, NOW_MS } from "../domain/explain/explain-facts.ts";
import { slurmError } from "./slurm-error.ts";

const NODE: SlurmNode = {
  name: "a-1",
  base: "ALLOCATED",
  flags: new Set(["CLOUD", "POWERING_UP"]),
  address: "a-1",
  reason: "",
  reasonUser: "",
  bootTimeMs: 0,
};

const WAKING = job({ state: "CONFIGURING", nodeNames: ["a-1"], startMs: NOW_MS - 10_000 });

/** A cluster of one node, that wakes for job 12; OCI does not answer. */
function context(change: Partial<ExplainContext> = {}, jobs = [WAKING]): ExplainContext {
  const plan = { groups: [group("a-1")], partitions: [], resumeTimeoutSeconds: 900 };
  return {
    slurm: {
      listNodes: () => Promise.resolve([NODE]),
      findJobs: (id) => Promise.resolve(jobs.filter((one) => one.id === id)),
      activeJobs: () => Promise.resolve(jobs),
    },
    observe: () => Promise.resolve({ kind: "unread", reason: "OCI could not be asked: no route" }),
    readPlan: () => Promise.resolve({ kind: "read", value: plan }),
    readCapacity: () => Promise.resolve({ kind: "read", value: [] }),
    capacityFile: "/run/citc/slurm/capacity.jsonl",
    userDataFile: "/home/slurm/bootstrap.sh",
    readPause: () => Promise.resolve(undefined),
    readLog: () => Promise.resolve({ kind: "read", value: ["no line of ours", "{}"] }),
    bootMs: 300_000,
    clock: { now: () => NOW_MS },
    unseen: [],
    ...change,
  };
}

describe("explain()", () => {
  it("tells what Slurm has, and what could not be seen, when OCI does not answer", async () => {
    const { explanation, unseen } = await explain(context(), { kind: "job", id: "12" });
    expect(explanation.cause).toBe("nodes-booting");
    expect(unseen).toEqual(["OCI could not be asked: no route."]);
  });

  it("does not ask OCI about a job that is not waiting for machines", async () => {
    const observe = () => Promise.reject(new Error("asked"));
    const held = [job({ reason: "JobHeldUser" })];
    const { explanation, jobs } = await explain(context({ observe }, held), {
      kind: "job",
      id: "12",
    });
    expect(explanation.cause).toBe("held-by-user");
    expect(jobs).toEqual(held);
  });

  it("explains without nodes.json, capacities and log when they may not be read", async () => {
    const unread = (reason: string) => () => Promise.resolve({ kind: "unread", reason } as const);
    const without = {
      readPlan: unread("nodes.json: EACCES"),
      readCapacity: unread("no capacities"),
      readLog: unread("no log"),
    };
    const { explanation, unseen } = await explain(context(without), { kind: "node", name: "a-1" });
    expect(explanation.cause).toBe("waking");
    expect(unseen).toEqual([
      "nodes.json: EACCES.",
      "no capacities.",
      "no log.",
      "OCI could not be asked: no route.",
    ]);
  });

  it("says plainly that slurmctld does not answer", async () => {
    const away = slurmError(
      "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n",
      "squeue --jobs=12",
    );
    const slurm = {
      ...context().slurm,
      findJobs: () => Promise.reject(away),
    };
    const { explanation } = await explain(context({ slurm }), { kind: "job", id: "12" });
    expect(explanation.cause).toBe("slurmctld-away");
    expect(explanation.why[0]).toBe(
      "Slurm's own commands say: slurm_load_jobs error: Unable to contact slurm controller (connect failure).",
    );
  });

  it("does not hide a fault of its own", async () => {
    const readLog = () => Promise.reject(new Error("a fault"));
    const asked = { kind: "job", id: "12" } as const;
    await expect(explain(context({ readLog }), asked)).rejects.toThrow("a fault");
  });
});
