import { beforeEach, describe, expect, it } from "vitest";
import type { LaunchEnd } from "../../../nodectl/oci/provider.ts";
import { failure, StartRig } from "./start-rig.ts";

const specification = { shape: "VM.Standard2.1", availabilityDomains: ["Uocm:PHX-AD-1"] };

let rig: StartRig;

beforeEach(() => {
  rig = new StartRig();
});

describe("startNodes(), after a launch was accepted", () => {
  /** What is launched in this availability domain is given up by OCI at the next look. */
  function giveUpIn(availabilityDomain: string, end: LaunchEnd): void {
    rig.cloud.launchedState = "PROVISIONING";
    rig.cloud.onList = () => {
      for (const instance of rig.cloud.instances.values()) {
        if (instance.lifecycleState !== "PROVISIONING") continue;
        const isGivenUp = instance.availabilityDomain === availabilityDomain;
        rig.cloud.setState(instance.instanceOcid, isGivenUp ? "TERMINATED" : "RUNNING");
        rig.cloud.launchEnds.set(instance.instanceOcid, end);
      }
    };
  }

  it("goes to the next placement when OCI gives it up for want of capacity", async () => {
    giveUpIn("Uocm:PHX-AD-1", {
      kind: "failed",
      failure: failure("capacity", "Out of host capacity.", "InternalError"),
    });
    const availabilityDomains = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"];
    const report = await rig.start(["n-2"], { ...specification, availabilityDomains });
    expect(report).toMatchObject({ launched: ["n-2"], failed: [] });
    expect(rig.cloud.launches.map(({ placement }) => placement.availabilityDomain)).toEqual(
      availabilityDomains,
    );
    expect(new Set(rig.cloud.launches.map(({ retryToken }) => retryToken)).size).toBe(2);
  });

  it("sets a node DOWN that OCI gave up while the run's time ran out", async () => {
    rig.cloud.launchedState = "PROVISIONING";
    rig.cloud.onList = () => {
      for (const { instanceOcid } of rig.cloud.instances.values()) {
        rig.cloud.setState(instanceOcid, "TERMINATED");
        const refusal = failure("capacity", "Out of host capacity.", "InternalError");
        rig.cloud.launchEnds.set(instanceOcid, { kind: "failed", failure: refusal });
      }
    };
    rig.clock.abortAfter(rig.deadline, 1_000);
    const report = await rig.start(["n-1"], specification);
    expect(report.launched).toEqual([]);
    expect(rig.slurm.down.has("n-1")).toBe(true);
  });

  it("says what the work request says when it stays so", async () => {
    giveUpIn("Uocm:PHX-AD-1", {
      kind: "failed",
      failure: failure("transient", "the host caught fire", "InternalError"),
    });
    const report = await rig.start(["n-1"], specification);
    expect(report.launched).toEqual([]);
    expect(report.failed[0]?.reason).toMatch(/accepted the launch and then gave it up.*fire/);
    expect(rig.cloud.launches).toHaveLength(3);
    expect(rig.slurm.down.has("n-1")).toBe(true);
  });

  it("asks again while the work request goes on: nobody has terminated the instance then", async () => {
    giveUpIn("Uocm:PHX-AD-1", { kind: "going-on" });
    const explain = rig.cloud.explainLaunch.bind(rig.cloud);
    let asked = 0;
    rig.cloud.explainLaunch = async (ocid) => {
      const end = await explain(ocid);
      if (++asked < 3) return end;
      return { kind: "failed", failure: failure("capacity", "no room", "InternalError") };
    };
    const availabilityDomains = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"];
    const report = await rig.start(["n-2"], { ...specification, availabilityDomains });
    expect(report).toMatchObject({ launched: ["n-2"], failed: [] });
  });

  it("takes a work request that never ends for no failure", async () => {
    giveUpIn("Uocm:PHX-AD-1", { kind: "going-on" });
    const report = await rig.start(["n-1"], specification);
    expect(report.failed[0]?.reason).toMatch(/its instance ended while it booted/);
  });

  it("watches no longer than it is told for power to come", async () => {
    rig.cloud.launchedState = "PROVISIONING";
    const startedMs = rig.clock.now();
    expect(await rig.start(["n-1"], specification)).toMatchObject({
      launched: ["n-1"],
      failed: [],
    });
    expect(rig.clock.now() - startedMs).toBeGreaterThanOrEqual(120_000);
    expect(rig.clock.now() - startedMs).toBeLessThan(140_000);
  });
});
