import { describe, expect, it } from "vitest";
import { stopNodes } from "../../../nodectl/commands/stop-nodes.ts";
import type { Log } from "../../../nodectl/domain/log.ts";
import { FakeCloud } from "./fake-cloud.ts";

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => 0, sleep: () => Promise.resolve() };

describe("stopNodes()", () => {
  it("terminates every living instance of the named nodes, and no other", async () => {
    const cloud = new FakeCloud();
    const first = cloud.add({ nodeName: "n-1" });
    const twin = cloud.add({ nodeName: "n-1", lifecycleState: "STOPPED" });
    cloud.add({ nodeName: "n-1", lifecycleState: "TERMINATED" });
    cloud.add({ nodeName: "n-2" });
    const report = await stopNodes({ instances: cloud, clock, log, concurrency: 4 }, ["n-1"]);
    expect(cloud.terminations.sort()).toEqual([first.instanceOcid, twin.instanceOcid].sort());
    expect(report).toEqual({ stopped: ["n-1"], absent: [], failed: [] });
  });

  it("succeeds for a node without an instance, and for one that is going already", async () => {
    const cloud = new FakeCloud();
    cloud.add({ nodeName: "n-2", lifecycleState: "TERMINATING" });
    const context = { instances: cloud, clock, log, concurrency: 4 };
    const report = await stopNodes(context, ["n-1", "n-2"]);
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
    const context = { instances: cloud, clock, log, concurrency: 4 };
    const report = await stopNodes(context, ["n-1", "n-2"]);
    expect(report.stopped).toEqual(["n-2"]);
    expect(report.failed).toEqual([
      { nodeName: "n-1", reason: expect.stringContaining("busy") as string },
    ]);
  });
});
