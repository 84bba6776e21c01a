import { beforeEach, describe, expect, it } from "vitest";
import type { StartReport } from "../../../nodectl/commands/start-nodes.ts";
import type { LaunchSpecification } from "../../../nodectl/domain/launch-specification.ts";
import type { LaunchRequest } from "../../../nodectl/oci/provider.ts";
import type { FakeCloud } from "./fake-cloud.ts";
import type { RecordingSlurm } from "./recording-slurm.ts";
import { MINUTES_5, refused, StartRig } from "./start-rig.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const [AD1, AD2, AD3] = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2", "Uocm:PHX-AD-3"] as const;
const fixed: LaunchSpecification = { shape: "VM.Standard2.1", availabilityDomains: [AD1] };
const anywhere: LaunchSpecification = { ...fixed, availabilityDomains: [AD1, AD2, AD3] };

let rig: StartRig;
let cloud: FakeCloud;
let slurm: RecordingSlurm;
let clock: VirtualClock;

beforeEach(() => {
  rig = new StartRig();
  ({ cloud, slurm, clock } = rig);
});

function start(...parts: Parameters<StartRig["start"]>): Promise<StartReport> {
  return rig.start(...parts);
}

function refuseCapacity(where: (request: LaunchRequest) => boolean): void {
  cloud.onLaunch = (request) =>
    where(request) ? refused("capacity", "Out of host capacity.", "InternalError") : undefined;
}

function tried(): string[] {
  return cloud.launches.map(
    ({ placement: { availabilityDomain, faultDomain = "any" } }) =>
      `${availabilityDomain.at(-1) ?? ""} ${faultDomain.replace("FAULT-DOMAIN-", "FD")}`,
  );
}

describe("placements of a node", () => {
  it("leaves the fault domain to OCI first, then names each, with a token of its own", async () => {
    refuseCapacity(({ placement }) => placement.faultDomain !== "FAULT-DOMAIN-3");
    expect(await start(["n-1"], fixed)).toMatchObject({ launched: ["n-1"] });
    expect(tried()).toEqual(["1 any", "1 FD1", "1 FD2", "1 FD3"]);
    expect(new Set(cloud.launches.map(({ retryToken }) => retryToken)).size).toBe(4);
  });

  it("go to the other availability domains before single fault domains", async () => {
    refuseCapacity(({ placement }) => placement.availabilityDomain !== AD3);
    expect(await start(["n-3"], anywhere)).toMatchObject({ launched: ["n-3"] });
    expect(tried()).toEqual(["1 any", "2 any", "3 any"]);
  });

  it("are all refused: the node is DOWN with the words, the places and the next try", async () => {
    refuseCapacity(() => true);
    const report = await start(["n-1"], anywhere);
    expect(report.failed).toMatchObject([{ retryAtMs: clock.now() + MINUTES_5 - 500 }]);
    expect(slurm.down.get("n-1")).toMatch(
      /^startnode: 500 InternalError: Out of host capacity for VM\.Standard2\.1 in PHX-AD-2, PHX-AD-3, PHX-AD-1 \[next try \S+\]$/,
    );
    expect(tried()).toHaveLength(12);
  });

  it("take alternative shapes when the shape is nowhere, and preemptible capacity first if asked", async () => {
    const alternatives = [{ shape: "VM.Standard2.2", availabilityDomains: [AD2] }];
    refuseCapacity(({ placement }) => placement.shape === "VM.Standard2.1");
    const report = await start(["n-1"], { ...fixed, alternatives, preemptible: "first" });
    expect(report.launched).toEqual(["n-1"]);
    expect(cloud.launches.at(-1)?.placement).toEqual({
      shape: "VM.Standard2.2",
      availabilityDomain: AD2,
      capacityType: "preemptible",
    });
  });
});

describe("a stock-out", () => {
  const names = Array.from({ length: 60 }, (_, index) => `n-${index + 1}`);

  it("is found out with a handful of calls, not with one a node", async () => {
    refuseCapacity(() => true);
    const report = await start(names, fixed);
    expect(report.failed).toHaveLength(60);
    // The four under way when the first answer came, then one for each fault domain.
    expect(cloud.launches.length).toBeLessThanOrEqual(4 + 3);
    expect(slurm.down.size).toBe(60);
  });

  it("of one availability domain sends all nodes to the others", async () => {
    refuseCapacity(({ placement }) => placement.availabilityDomain === AD1);
    const report = await start(names, anywhere);
    expect(report.launched).toHaveLength(60);
    expect(cloud.launches.length).toBeLessThanOrEqual(60 + 4);
  });

  it("is known to the next run, which does not ask again", async () => {
    refuseCapacity(() => true);
    await start(["n-1"], fixed);
    const asked = cloud.launches.length;
    const report = await start(["n-2"], fixed);
    expect(report.failed[0]?.reason).toMatch(/Out of host capacity/);
    expect(cloud.launches.length).toBe(asked);
  });

  it("is over after the cool-down, when one node has found out for all", async () => {
    refuseCapacity(() => true);
    await start(["n-1"], fixed);
    await clock.sleep(MINUTES_5 + 1_000);
    cloud.launches.length = 0;
    let underWay = 0;
    let most = 0;
    const launch = cloud.launchInstance.bind(cloud);
    cloud.launchInstance = async (request) => {
      most = Math.max(most, cloud.launches.length === 0 ? ++underWay : 0);
      await clock.sleep(100);
      return await launch(request);
    };
    cloud.onLaunch = () => undefined;
    const report = await start(names, fixed);
    expect(report.launched).toHaveLength(60);
    expect(most).toBe(1);
  });

  it("that goes on after the cool-down costs one call for each placement", async () => {
    refuseCapacity(() => true);
    await start(["n-1"], fixed);
    await clock.sleep(MINUTES_5 + 1_000);
    cloud.launches.length = 0;
    const report = await start(names, fixed);
    expect(report.failed).toHaveLength(60);
    expect(tried()).toEqual(["1 any", "1 FD1", "1 FD2", "1 FD3"]);
  });

  it("asks a fault domain of which nothing is known once, also when another had room before", async () => {
    refuseCapacity(({ placement }) => placement.faultDomain === undefined);
    await start(["n-1"], fixed);
    cloud.launches.length = 0;
    refuseCapacity(() => true);
    await start(names, fixed);
    expect(tried().filter((place) => !/any|FD1/.test(place))).toEqual(["1 FD2", "1 FD3"]);
  });
});

describe("a service limit", () => {
  const limit = refused("limit", "standard2-core-count exceeded", "LimitExceeded");

  it("stops all waiting nodes of the shape at once, whatever the fault domain", async () => {
    cloud.onLaunch = () => (cloud.launches.length > 10 ? limit : undefined);
    const names = Array.from({ length: 60 }, (_, index) => `n-${index + 1}`);
    const report = await start(names, fixed, { concurrency: 1 });
    expect([report.launched.length, report.failed.length]).toEqual([10, 50]);
    expect(cloud.launches).toHaveLength(11);
    expect(slurm.down.get("n-60")).toMatch(/LimitExceeded.*standard2-core-count/);
  });

  it("of one shape does not concern another", async () => {
    cloud.onLaunch = ({ placement }) => (placement.shape === "VM.Standard2.1" ? limit : undefined);
    await start(["n-1"], fixed);
    expect(await start(["n-2"], { ...fixed, shape: "VM.Standard2.4" })).toMatchObject({
      launched: ["n-2"],
    });
  });
});

describe("a job of several nodes", () => {
  it("that cannot be completed abandons nodes that would be to be had, and leaves those that other jobs wait for", async () => {
    const big = { ...fixed, shape: "VM.Standard2.24" };
    refuseCapacity(({ placement }) => placement.shape === big.shape);
    const jobs = [
      { jobId: 7, nodeNames: ["big-1", "n-1", "n-2"] },
      { jobId: 8, nodeNames: ["n-2"] },
    ];
    const targets = [
      { nodeName: "big-1", specification: big },
      { nodeName: "n-1", specification: fixed },
      { nodeName: "n-2", specification: fixed },
    ];
    const report = await rig.startTargets(targets, { jobs, concurrency: 1 });
    expect(report.failed.map(({ nodeName }) => nodeName)).toEqual(["big-1"]);
    expect(report.abandoned).toEqual(["n-1"]);
    expect(report.launched).toEqual(["n-2"]);
  });
});

describe("a node that Slurm has given up while its launch was under way", () => {
  const resumed = { isResumedNow: true } as const;

  it("keeps no instance: the call that would have ended it came before", async () => {
    cloud.onLaunch = ({ nodeName }) => {
      if (nodeName === "n-1") slurm.setNode("n-1", "IDLE", ["CLOUD", "POWERING_DOWN"]);
      return undefined;
    };
    await start(["n-1", "n-2"], fixed, resumed);
    expect(cloud.livingOf("n-1")).toEqual([]);
    expect(cloud.livingOf("n-2")).toHaveLength(1);
  });

  it("keeps its instance when a person started the node: he may want it though it is off in Slurm", async () => {
    slurm.setNode("n-1", "IDLE", ["CLOUD", "POWERED_DOWN"]);
    await start(["n-1"], fixed);
    expect(cloud.livingOf("n-1")).toHaveLength(1);
  });
});
