import { readFile, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { useRigs } from "./rig.ts";

const createRig = useRigs();

const HUNDRED = "vm-a-[0001-0100]";

describe("stopnode", () => {
  it("terminates its own and nobody else's, namesakes in the same compartment included", async () => {
    const rig = await createRig({ strangerNames: ["vm-a-0001", "vm-a-0002"] });

    await rig.run("startnode", ["vm-a-[0001-0003]"]);
    const result = await rig.run("stopnode", ["vm-a-[0001-0002]"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual(["vm-a-0003"]);
    const strangers = [...rig.cloud.records].filter(
      (r) => r.order.freeformTags["cluster"] !== "mouse",
    );
    expect(strangers.length).toBeGreaterThan(4);
    expect(strangers.map((r) => r.lifecycleState)).toEqual(strangers.map(() => "RUNNING"));
  });

  it("succeeds when there is nothing to stop, and on the second call", async () => {
    const rig = await createRig();
    expect((await rig.run("stopnode", ["vm-a-0001"])).exitCode).toBe(0);
    await rig.run("startnode", ["vm-a-0001"]);
    expect((await rig.run("stopnode", ["vm-a-0001"])).exitCode).toBe(0);
    expect((await rig.run("stopnode", ["vm-a-0001"])).exitCode).toBe(0);
    expect(rig.callCounts()["TerminateInstance"]).toBe(1);
  });

  it("terminates 100 nodes with one list and one call each, although OCI throttles", async () => {
    const rig = await createRig();
    await rig.run("startnode", [HUNDRED]);
    const error = { kind: "error", status: 429, code: "TooManyRequests", message: "x" } as const;
    rig.api.faults.add({ operation: "*", probability: 0.2, seed: 5, answer: error });
    const before = rig.callCounts()["ListInstances"] ?? 0;
    const result = await rig.run("stopnode", [HUNDRED]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual([]);
    expect((rig.callCounts()["ListInstances"] ?? 0) - before).toBeLessThanOrEqual(4);
  });

  it("takes OCI's 404 for a missing permission when the instance is still there", async () => {
    const rig = await createRig();
    await rig.run("startnode", ["vm-a-0001"]);
    const answer = { kind: "error", status: 404, code: "NotAuthorizedOrNotFound", message: "no" };
    rig.api.faults.add({ operation: "TerminateInstance", answer: { ...answer, kind: "error" } });
    const result = await rig.run("stopnode", ["vm-a-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/termination refused.*policy is missing/);
    expect(rig.livingNames()).toEqual(["vm-a-0001"]);
  });

  it("takes a 409 for an instance that is going already as done", async () => {
    const rig = await createRig({ cloud: { terminateMs: 30_000 } });
    await rig.run("startnode", ["vm-a-0001"]);
    rig.api.faults.add({ operation: "TerminateInstance", nth: 1, answer: { kind: "reset-after" } });
    const result = await rig.run("stopnode", ["vm-a-0001"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.callCounts()["TerminateInstance"]).toBe(2);
  });

  it("terminates without nodes.json: an instance must not run on for a message", async () => {
    const rig = await createRig();
    await rig.run("startnode", ["vm-a-0001"]);
    await rm(rig.path("nodes.json"));
    expect((await rig.run("stopnode", ["vm-a-[0001-0002]"])).exitCode).toBe(0);
    expect(rig.livingNames()).toEqual([]);
  });

  it("prints with --dry-run what it would terminate and which nodes have nothing, and terminates none", async () => {
    const rig = await createRig({ cloud: { bootMs: 0 }, strangerNames: ["vm-a-0001"] });
    await rig.run("startnode", ["vm-a-[0001-0002]"]);
    const before = rig.callCounts();
    const result = await rig.run("stopnode", ["--dry-run", "vm-a-[0001-0004]"]);
    expect(result.exitCode, result.stderr).toBe(0);
    const ours = [...rig.cloud.records]
      .filter((record) => record.order.freeformTags["cluster"] === "mouse")
      .sort((left, right) => left.displayName.localeCompare(right.displayName));
    expect(JSON.parse(result.stdout)).toEqual(
      ours.map(({ displayName, instanceOcid, timeCreatedMs }) => ({
        node: displayName,
        instanceOcid,
        lifecycleState: "RUNNING",
        shape: "VM.Standard2.1",
        availabilityDomain: rig.region.availabilityDomains[0],
        timeCreated: new Date(timeCreatedMs).toISOString(),
      })),
    );
    expect(result.stderr).toBe("stopnode: no instance: vm-a-[0003-0004]\n");
    const lists = (before["ListInstances"] ?? 0) + 1;
    expect(rig.callCounts()).toEqual({ ...before, ListInstances: lists });
    expect(rig.livingNames()).toEqual(["vm-a-0001", "vm-a-0002"]);
  });

  it("fails with --dry-run for the names that it would fail for, and leaves no line in the log", async () => {
    const rig = await createRig();
    const result = await rig.run("stopnode", ["--dry-run", "vm-a-0001,vm-b-0001"]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "[]\n" });
    expect(result.stderr).toBe(
      "stopnode: no instance: vm-a-0001\nstopnode: no such node, check the name: vm-b-0001\n",
    );
    expect(await rig.log()).toEqual([]);
  });

  it("refuses a name that nodes.json does not have and OCI neither", async () => {
    const rig = await createRig();
    const result = await rig.run("stopnode", ["vm-b-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/no such node.*vm-b-0001/);
  });
});

describe("the executables", () => {
  it.each(["startnode", "stopnode"])("%s --help explains itself", async (program) => {
    const rig = await createRig();
    const result = await rig.run(program, ["--help"]);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(new RegExp(`^Usage: ${program} \\[options\\] HOSTLIST`));
    expect(result.stdout).toContain("Exit status");
  });

  it("go on without a log file that they may not write to, and say so", async () => {
    const rig = await createRig();
    const result = await rig.run("stopnode", ["vm-a-0001"], {
      settings: { log_file: "/nowhere/elastic.log" },
    });
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toMatch(/cannot write the log \/nowhere\/elastic\.log/);
    expect(await readFile(rig.path("bin/updates"), "utf8")).toBe("");
  });
});
