import { beforeEach, describe, expect, it } from "vitest";
import type { LaunchSpecification } from "../../../nodectl/domain/launch-specification.ts";
import type { LaunchRequest } from "../../../nodectl/oci/provider.ts";
import { MINUTES_5, refused, StartRig } from "./start-rig.ts";

const [AD1, AD2] = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"] as const;
const fixed: LaunchSpecification = { shape: "VM.GPU.A10.1", availabilityDomains: [AD1] };
const alternatives = [{ shape: "VM.GPU.A10.2", availabilityDomains: [AD1] }];

let rig: StartRig;

beforeEach(() => {
  rig = new StartRig();
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n-${index + 1}`);
}

function isPreemptible({ placement }: LaunchRequest): boolean {
  return placement.capacityType === "preemptible";
}

const notPreemptible = refused("config", "shape cannot be preemptible", "InvalidParameter");
const noRoom = refused("capacity", "Out of host capacity.", "InternalError");
const wrongImage = refused("config", "image is not for this shape", "InvalidParameter");

describe("a refusal of what is only taken first or in place of the shape", () => {
  it("does not end the node: a shape that cannot be preemptible is launched at full price", async () => {
    rig.cloud.onLaunch = (request) => (isPreemptible(request) ? notPreemptible : undefined);
    const report = await rig.start(["n-1"], { ...fixed, preemptible: "first" });
    expect(report).toMatchObject({ launched: ["n-1"], failed: [] });
  });

  it("is met by the nodes under way, and not once a node", async () => {
    rig.cloud.onLaunch = (request) => (isPreemptible(request) ? notPreemptible : undefined);
    const report = await rig.start(names(40), { ...fixed, preemptible: "first" });
    expect(report.launched).toHaveLength(40);
    expect(rig.cloud.launches.filter(isPreemptible).length).toBeLessThanOrEqual(4);
  });

  it("goes into the reason with what the others said, and their next try stays", async () => {
    rig.cloud.onLaunch = ({ placement }) => (placement.shape === fixed.shape ? noRoom : wrongImage);
    const [failed] = (await rig.start(["n-1"], { ...fixed, alternatives })).failed;
    expect(failed?.reason).toMatch(
      /Out of host capacity for VM\.GPU\.A10\.1 in PHX-AD-1; .*image is not for this shape for VM\.GPU\.A10\.2/,
    );
    expect(failed?.retryAtMs).toBeGreaterThan(rig.clock.now() + MINUTES_5 - 5_000);
  });
});

describe("a refusal of the shape itself", () => {
  it("ends the node: its alternatives are for want of capacity", async () => {
    rig.cloud.onLaunch = () => wrongImage;
    const report = await rig.start(["n-1"], { ...fixed, alternatives });
    expect(report.failed[0]?.reason).toMatch(/^VM\.GPU\.A10\.1 in PHX-AD-1: .*not for this shape/);
    expect(rig.cloud.launches).toHaveLength(1);
  });

  it("keeps what preemptible capacity had said before", async () => {
    rig.cloud.onLaunch = (request) => (isPreemptible(request) ? noRoom : wrongImage);
    const report = await rig.start(["n-1"], { ...fixed, preemptible: "first" });
    expect(report.failed[0]?.reason).toMatch(
      /^VM\.GPU\.A10\.1 in PHX-AD-1: .* Before: .*capacity for preemptible VM\.GPU\.A10\.1/,
    );
  });
});

describe("faults of OCI", () => {
  const fault = refused("transient", "an internal error", "InternalServerError");
  const anywhere = { ...fixed, availabilityDomains: [AD1, AD2] };

  it("that go on in one availability domain send the node to the next", async () => {
    rig.cloud.onLaunch = ({ placement }) =>
      placement.availabilityDomain === AD1 ? fault : undefined;
    const report = await rig.start(["n-2"], anywhere);
    expect(report).toMatchObject({ launched: ["n-2"], failed: [] });
    expect(rig.cloud.launches.map(({ placement }) => placement.availabilityDomain)).toEqual([
      ...[AD1, AD1, AD1],
      AD2,
    ]);
  });

  it("that go on everywhere end the node, with the places", async () => {
    rig.cloud.onLaunch = () => fault;
    const report = await rig.start(["n-2"], anywhere);
    expect(report.failed[0]?.reason).toMatch(/an internal error for \S+ in PHX-AD-1, PHX-AD-2$/);
    expect(rig.cloud.launches).toHaveLength(4);
  });
});

describe("a launch whose answer was lost", () => {
  const lost = refused("transport", "no answer", "None");
  const resumed = { isResumedNow: true } as const;

  /** OCI takes the first launch of n-1 and its answer never comes. */
  function loseFirstAnswer(onLost: () => void = () => undefined): void {
    rig.cloud.onLaunch = ({ nodeName, placement }) => {
      if (nodeName !== "n-1" || rig.cloud.livingOf("n-1").length > 0) return undefined;
      const { shape, availabilityDomain } = placement;
      const lifecycleState = rig.cloud.launchedState;
      rig.cloud.add({ nodeName, shape, availabilityDomain, lifecycleState });
      onLost();
      return lost;
    };
  }

  it("is adopted, and not taken for a machine that booted before Slurm asked", async () => {
    loseFirstAnswer();
    const report = await rig.start(["n-1"], fixed, resumed);
    expect(report).toMatchObject({ adopted: ["n-1"], failed: [] });
    expect([rig.cloud.terminations, rig.cloud.launches.length]).toEqual([[], 1]);
  });

  it("is not what a late list shows: that machine has booted before Slurm asked", async () => {
    rig.cloud.onLaunch = ({ nodeName }) => {
      if (rig.cloud.launches.length > 1) return undefined;
      rig.cloud.add({ nodeName, shape: fixed.shape });
      return refused("label", "already used in subnet", "Conflict");
    };
    rig.cloud.onList = (count) => {
      const [first] = rig.cloud.instances.values();
      if (count === 3 && first !== undefined) rig.cloud.setState(first.instanceOcid, "TERMINATED");
    };
    const report = await rig.start(["n-1"], fixed, resumed);
    expect(report).toMatchObject({ launched: ["n-1"], adopted: [] });
    expect(rig.cloud.terminations).toEqual(["i-1"]);
  });

  it("is ended like any launch of this run when Slurm has given the node up meanwhile", async () => {
    rig.cloud.launchedState = "PROVISIONING";
    loseFirstAnswer(() => {
      rig.slurm.setNode("n-1", "IDLE", ["CLOUD", "POWERING_DOWN"]);
    });
    await rig.start(["n-1"], fixed, resumed);
    expect(rig.cloud.livingOf("n-1")).toEqual([]);
  });
});

describe("nodes that wait for the answer to another's launch", () => {
  it("do not keep nodes of other shapes waiting", async () => {
    rig.cloud.onLaunch = () => noRoom;
    await rig.start(["n-0"], fixed);
    await rig.clock.sleep(MINUTES_5 + 1_000);
    rig.cloud.onLaunch = () => undefined;
    const startedMs = rig.clock.now();
    let otherMs = 0;
    const launch = rig.cloud.launchInstance.bind(rig.cloud);
    rig.cloud.launchInstance = async (request) => {
      if (request.placement.shape === fixed.shape) await rig.clock.sleep(400_000);
      else otherMs = rig.clock.now() - startedMs;
      return await launch(request);
    };
    const waiting = names(8).map((nodeName) => ({ nodeName, specification: fixed }));
    const other = { nodeName: "other", specification: { ...fixed, shape: "VM.Standard2.1" } };
    const report = await rig.startTargets([...waiting, other]);
    expect(report.launched).toHaveLength(9);
    expect(otherMs).toBeLessThanOrEqual(5_000);
  });
});

describe("a node that cannot be launched", () => {
  it("fails as any other: Slurm is told, and its job's other nodes are not launched", async () => {
    const jobs = [{ jobId: 7, nodeNames: ["n-1", "gone"] }];
    const targets = [{ nodeName: "n-1", specification: fixed }];
    rig.slurm.setNode("gone", "ALLOCATED", ["CLOUD", "POWERING_UP"]);
    const failed = [{ nodeName: "gone", reason: "nodes.json has no such node" }];
    const report = await rig.startTargets(targets, { jobs }, failed);
    expect(report).toMatchObject({ launched: [], abandoned: ["n-1"], failed });
    expect(rig.slurm.down.get("gone")).toMatch(/nodes\.json has no such node/);
  });
});

describe("an error that nobody foresaw", () => {
  it("names only the nodes that have neither an instance nor a failure", async () => {
    rig.cloud.listPrivateAddresses = () => Promise.reject(new TypeError("a bug"));
    await expect(rig.start(["n-1", "n-2"], fixed)).rejects.toMatchObject({
      name: "UnfinishedStartError",
      nodeNames: [],
      cause: { message: "a bug" },
    });
    expect([rig.slurm.down.size, rig.cloud.livingOf("n-1").length]).toEqual([0, 1]);
  });

  it("names those whose launch it ended", async () => {
    rig.cloud.onLaunch = ({ nodeName }) => {
      if (nodeName === "n-2") throw new TypeError("a bug");
      return undefined;
    };
    await expect(rig.start(["n-1", "n-2"], fixed, { concurrency: 1 })).rejects.toMatchObject({
      nodeNames: ["n-2"],
    });
  });
});

describe("the reason of a node that had no turn", () => {
  it("names the setting and its seconds, and what OCI had said to it", async () => {
    rig.cloud.onLaunch = ({ placement }) => {
      if (placement.faultDomain !== undefined) rig.deadline.abort();
      return placement.faultDomain === undefined ? noRoom : refused("transport", "no answer", "");
    };
    const report = await rig.start(["n-1"], fixed);
    expect(report.failed[0]?.reason).toMatch(
      /^the run's time was up after 585 s \(run_deadline_seconds\): .*capacity.*; .*no answer/,
    );
  });
});
