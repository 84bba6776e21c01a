import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { bundleOf, useRigs } from "./rig.ts";
import { untilLaunched } from "./until-launched.ts";

const createRig = useRigs();

const HUNDRED = "vm-a-[0001-0100]";

describe("startnode", () => {
  it("starts 100 nodes with one launch each and a handful of lists, and reports every address", async () => {
    const rig = await createRig({ strangerNames: ["vm-a-0001"] });
    const result = await rig.run("startnode", [HUNDRED]);
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
    expect(rig.livingNames()).toEqual(rig.names(HUNDRED));
    const { LaunchInstance = 0, ...lists } = rig.callCounts();
    expect(LaunchInstance).toBe(100);
    expect(Object.values(lists).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(8);
    const addresses = await rig.addresses();
    expect([...addresses.keys()].sort()).toEqual(rig.names(HUNDRED));
    const listed = new Map([...rig.cloud.records].map((r) => [r.vnic.ipAddress, r]));
    for (const [node, ip] of addresses) expect(listed.get(ip)?.displayName).toBe(node);
  });

  it("launches what the issue of a cluster needs: tags, label, metadata, no public address", async () => {
    const rig = await createRig();
    await rig.run("startnode", ["vm-a-0001"]);
    const [record] = [...rig.cloud.records].filter((r) => r.displayName === "vm-a-0001");
    expect(record?.order.freeformTags).toEqual({
      cluster: "mouse",
      type: "compute",
      node: "vm-a-0001",
    });
    expect(record?.order.hostnameLabel).toBe("vm-a-0001");
    expect(Object.keys(record?.order.metadata ?? {}).sort()).toEqual([
      "ssh_authorized_keys",
      "user_data",
    ]);
  });

  it("does nothing twice: a second run adopts, and repairs the addresses", async () => {
    const rig = await createRig();
    await rig.run("startnode", ["vm-a-[0001-0003]"]);
    await writeFile(rig.path("bin/updates"), "");
    const again = await rig.run("startnode", ["vm-a-[0001-0003]"]);
    expect(again.exitCode).toBe(0);
    expect(rig.callCounts()["LaunchInstance"]).toBe(3);
    expect((await rig.addresses()).size).toBe(3);
  });

  it("leaves exactly one instance a node when it is killed half way and run again", async () => {
    const rig = await createRig({ latency: { launchMs: 100 } });
    const child = await rig.spawn("startnode", [HUNDRED]);
    await untilLaunched(rig, 40);
    child.kill("SIGKILL");
    await once(child, "close");
    const again = await rig.run("startnode", [HUNDRED]);
    expect(again.exitCode).toBe(0);
    expect(rig.livingNames()).toEqual(rig.names(HUNDRED));
    expect((await rig.addresses()).size).toBe(100);
  });

  it("replaces what is RUNNING already when Slurm asks for the node: Slurm would ignore its boot", async () => {
    const rig = await createRig({ cloud: { bootMs: 100, terminateMs: 200 } });
    await rig.run("startnode", ["vm-a-0001"]);
    const [first] = rig.livingNames();
    const resumed = { env: { SLURM_RESUME_FILE: "/proc/1/fd/9" } };
    const again = await rig.run("startnode", ["vm-a-0001"], resumed);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(rig.livingNames()).toEqual([first]);
    expect(rig.callCounts()).toMatchObject({ LaunchInstance: 2, TerminateInstance: 1 });
  });

  it("makes no second machine when two runs start the same nodes at once", async () => {
    const rig = await createRig({ latency: { launchMs: 50 } });
    const results = await Promise.all([
      rig.run("startnode", [HUNDRED]),
      rig.run("startnode", [HUNDRED]),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(rig.livingNames()).toEqual(rig.names(HUNDRED));
  });

  it("does not launch again what a list shows late", async () => {
    const rig = await createRig({ cloud: { listDelayMs: 60_000 } });
    await rig.run("startnode", ["vm-a-[0001-0005]"]);
    await rig.run("startnode", ["vm-a-[0001-0005]"]);
    expect(rig.livingNames()).toEqual(rig.names("vm-a-[0001-0005]"));
  });

  it("gets all nodes although OCI throttles, fails and resets connections", async () => {
    const rig = await createRig();
    const { faults } = rig.api;
    const error = { kind: "error", code: "x", message: "try again" } as const;
    faults.add({ operation: "*", probability: 0.2, seed: 1, answer: { ...error, status: 429 } });
    faults.add({ operation: "*", probability: 0.05, seed: 2, answer: { ...error, status: 503 } });
    faults.add({
      operation: "LaunchInstance",
      probability: 0.1,
      seed: 3,
      answer: { kind: "reset-after" },
    });
    faults.add({ operation: "*", probability: 0.05, seed: 4, answer: { kind: "reset-before" } });
    const result = await rig.run("startnode", ["vm-a-[0001-0030]"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual(rig.names("vm-a-[0001-0030]"));
    expect((await rig.addresses()).size).toBe(30);
  });

  it("gives up a call that is never answered and repeats it", async () => {
    const rig = await createRig();
    rig.api.faults.add({ operation: "ListInstances", nth: 1, answer: { kind: "hang" } });
    const result = await rig.run("startnode", ["vm-a-0001"], {
      settings: { call_deadline_seconds: 1 },
    });
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual(["vm-a-0001"]);
  });

  it("reads lists whose pages are short or empty", async () => {
    const rig = await createRig({ cloud: { pageSizeMax: 7, emptyPages: true } });
    expect((await rig.run("startnode", ["vm-a-[0001-0020]"])).exitCode).toBe(0);
    expect((await rig.run("startnode", ["vm-a-[0001-0020]"])).exitCode).toBe(0);
    expect(rig.callCounts()["LaunchInstance"]).toBe(20);
  });

  it("works with every standard file descriptor closed, as Slurm 22.05 calls it", async () => {
    const rig = await createRig();
    const config = await rig.writeSettings();
    const line = `exec 0<&- 1>&- 2>&-; exec "$0" "$@"`;
    const argv = ["-c", line, process.execPath, bundleOf("startnode")];
    const child = spawn("/bin/sh", [...argv, "--config", config, "vm-a-0001"], {
      env: {},
      stdio: "ignore",
    });
    const [exitCode] = (await once(child, "close")) as [number];
    expect(exitCode).toBe(0);
    expect(rig.livingNames()).toEqual(["vm-a-0001"]);
    expect(await rig.log()).toContainEqual(
      expect.objectContaining({ event: "launched instance", node: "vm-a-0001" }),
    );
  });

  it("outlives the reader of its output: slurmctld may die", async () => {
    const rig = await createRig({ latency: { launchMs: 200 } });
    const child = await rig.spawn("startnode", ["vm-a-[0001-0040]"]);
    child.stderr?.destroy();
    child.stdout?.destroy();
    const [exitCode] = (await once(child, "close")) as [number];
    expect(exitCode).toBe(0);
    expect((await rig.addresses()).size).toBe(40);
  });
});
