import { describe, expect, it } from "vitest";
import { stopNodes, type StopContext } from "../../../nodectl/commands/stop-nodes.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { silentLog } from "./silent-log.ts";
import { VirtualClock } from "./virtual-clock.ts";

function contextOf(cloud: FakeCloud): StopContext & { readonly clock: VirtualClock } {
  const deadline = new AbortController();
  const clock = new VirtualClock();
  clock.abortAfter(deadline, 60_000);
  return { instances: cloud, clock, log: silentLog, concurrency: 4, signal: deadline.signal };
}

describe("stopNodes()", () => {
  it("terminates every living instance of the named nodes, and no other", async () => {
    const cloud = new FakeCloud();
    const first = cloud.add({ nodeName: "n-1" });
    const twin = cloud.add({ nodeName: "n-1", lifecycleState: "STOPPED" });
    cloud.add({ nodeName: "n-1", lifecycleState: "TERMINATED" });
    cloud.add({ nodeName: "n-2" });
    const report = await stopNodes(contextOf(cloud), ["n-1"]);
    expect(cloud.terminations.sort()).toEqual([first.instanceOcid, twin.instanceOcid].sort());
    expect(report).toEqual({ stopped: ["n-1"], absent: [], failed: [] });
  });

  it("succeeds for a node without an instance, and for one that is going already", async () => {
    const cloud = new FakeCloud();
    cloud.add({ nodeName: "n-2", lifecycleState: "TERMINATING" });
    const report = await stopNodes(contextOf(cloud), ["n-1", "n-2"]);
    expect(report).toEqual({ stopped: [], absent: ["n-1", "n-2"], failed: [] });
    expect(cloud.terminations).toEqual([]);
  });

  it("goes on with the others when OCI refuses one, and says which", async () => {
    const cloud = new FakeCloud();
    const stuck = cloud.add({ nodeName: "n-1" });
    cloud.add({ nodeName: "n-2" });
    const terminate = cloud.terminateInstance.bind(cloud);
    cloud.terminateInstance = (instance) =>
      instance.instanceOcid === stuck.instanceOcid
        ? Promise.resolve({
            kind: "refused",
            failure: { class: "conflict", operation: "TerminateInstance", message: "busy" },
          })
        : terminate(instance);
    const report = await stopNodes(contextOf(cloud), ["n-1", "n-2"]);
    expect(report.stopped).toEqual(["n-2"]);
    expect(report.failed).toEqual([
      { nodeName: "n-1", reason: expect.stringContaining("busy") as string },
    ]);
  });

  it("confirms by one list, and terminates again what OCI accepted and did not do", async () => {
    const cloud = new FakeCloud();
    const forgotten = cloud.add({ nodeName: "n-1" });
    cloud.add({ nodeName: "n-2" });
    const terminate = cloud.terminateInstance.bind(cloud);
    let count = 0;
    cloud.terminateInstance = (instance) =>
      instance.nodeName === "n-1" && ++count < 3
        ? Promise.resolve({ kind: "terminated" })
        : terminate(instance);
    const report = await stopNodes(contextOf(cloud), ["n-1", "n-2"]);
    expect(report).toEqual({ stopped: ["n-1", "n-2"], absent: [], failed: [] });
    expect([count, cloud.instanceLists]).toEqual([3, 4]);
    expect(cloud.terminations).toContain(forgotten.instanceOcid);
  });

  it("says at its deadline what is still there", async () => {
    const cloud = new FakeCloud();
    const { instanceOcid } = cloud.add({ nodeName: "n-1" });
    cloud.terminateInstance = () => Promise.resolve({ kind: "terminated" });
    const report = await stopNodes(contextOf(cloud), ["n-1"]);
    expect(report.stopped).toEqual([]);
    expect(report.failed[0]?.reason).toContain(`${instanceOcid} is still RUNNING`);
  });

  it("leaves an instance that appears meanwhile: Slurm may want the node again", async () => {
    const cloud = new FakeCloud();
    cloud.add({ nodeName: "n-1" });
    cloud.onList = (count) => {
      if (count === 2) cloud.add({ nodeName: "n-1", lifecycleState: "PROVISIONING" });
    };
    expect((await stopNodes(contextOf(cloud), ["n-1"])).stopped).toEqual(["n-1"]);
    expect(cloud.livingOf("n-1")).toHaveLength(1);
  });
});
