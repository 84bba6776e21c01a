import { describe, expect, it } from "vitest";
import { checkLaunch } from "./check-launch.ts";
import type { CloudEvent } from "./cloud-event.ts";
import type { Cloud } from "./cloud.ts";
import type { InstanceRecord } from "./instance-record.ts";
import { launchBody, nodeBody, testCloud, testRegion } from "./test-bench.ts";

function launch(cloud: Cloud, name: string, changes: Record<string, unknown> = {}): InstanceRecord {
  return cloud.launch(checkLaunch(nodeBody(cloud.region, name, changes), cloud.region));
}

function recordEvents(cloud: Cloud): { kind: string; name: string; atMs: number }[] {
  const events: { kind: string; name: string; atMs: number }[] = [];
  cloud.subscribe((event) => {
    events.push({ kind: event.kind, name: event.instance.displayName, atMs: cloud.nowMs });
  });
  return events;
}

describe("life cycle", () => {
  it("boots after bootMs and not before", () => {
    const { cloud, clock } = testCloud({ bootMs: 5000 });
    const record = launch(cloud, "a");
    clock.advance(4999);
    cloud.advance();
    expect(record.lifecycleState).toBe("PROVISIONING");
    clock.advance(1);
    cloud.advance();
    expect(record.lifecycleState).toBe("RUNNING");
  });

  it("terminates after terminateMs, releasing address and label only then", () => {
    const { cloud, clock } = testCloud({ bootMs: 10, terminateMs: 3000 });
    const record = launch(cloud, "a");
    clock.advance(10);
    cloud.advance();
    cloud.terminate(record);
    expect(record.lifecycleState).toBe("TERMINATING");
    clock.advance(2999);
    cloud.advance();
    expect(() => launch(cloud, "a")).toThrow("already used in subnet");
    clock.advance(1);
    cloud.advance();
    expect(record.lifecycleState).toBe("TERMINATED");
    expect(launch(cloud, "a").lifecycleState).toBe("PROVISIONING");
  });

  it("never runs an instance that was terminated while it provisioned", () => {
    const { cloud, clock } = testCloud({ bootMs: 1000, terminateMs: 5000 });
    const events = recordEvents(cloud);
    const record = launch(cloud, "a");
    clock.advance(500);
    cloud.advance();
    cloud.terminate(record);
    clock.advance(60_000);
    cloud.advance();
    expect(record.lifecycleState).toBe("TERMINATED");
    expect(events.map((event) => event.kind)).toEqual(["instance-terminated"]);
  });

  it("keeps to the due times when nobody looked for long", () => {
    const { cloud, clock } = testCloud({ bootMs: 1000, terminateMs: 1000, stopMs: 500 });
    const record = launch(cloud, "a");
    clock.advance(60_000);
    cloud.advance();
    const startMs = clock.now() - 60_000;
    const work = cloud.workRequests.findNewest(record, "LaunchInstance");
    expect(work).toMatchObject({ status: "SUCCEEDED", timeFinishedMs: startMs + 1000 });
  });

  it("tells a hypervisor what to start and kill, once each and in order", () => {
    const { cloud, clock } = testCloud({ bootMs: 1000, terminateMs: 500, stopMs: 100 });
    const events = recordEvents(cloud);
    const record = launch(cloud, "a");
    clock.advance(1000);
    cloud.advance();
    cloud.stop(record);
    clock.advance(100);
    cloud.advance();
    expect(record.lifecycleState).toBe("STOPPED");
    cloud.start(record);
    expect(record.lifecycleState).toBe("STARTING");
    clock.advance(1000);
    cloud.advance();
    cloud.terminate(record);
    clock.advance(500);
    cloud.advance();
    expect(events.map((event) => event.kind)).toEqual([
      "instance-running",
      "instance-powered-off",
      "instance-running",
      "instance-powered-off",
      "instance-terminated",
    ]);
  });

  it("gives the hypervisor everything a machine needs", () => {
    const { cloud, clock } = testCloud({ bootMs: 0 });
    const events: CloudEvent[] = [];
    cloud.subscribe((event) => events.push(event));
    const metadata = { user_data: "Zm9v", ssh_authorized_keys: "ssh-ed25519 AAAA" };
    launch(cloud, "a", { metadata, freeformTags: { cluster: "c1" } });
    clock.advance(0);
    cloud.advance();
    expect(events[0]).toMatchObject({
      kind: "instance-running",
      instance: {
        lifecycleState: "RUNNING",
        hostnameLabel: "a",
        privateIp: "10.0.0.2",
        subnet: { cidr: "10.0.0.0/20", virtualRouterIp: "10.0.0.1" },
        metadata,
        freeformTags: { cluster: "c1" },
        shape: "VM.Standard.E4.Flex",
        ocpus: 2,
        memoryGib: 16,
        boots: true,
      },
    });
  });

  it("forgets a TERMINATED record after a day, and lists it until then", () => {
    const { cloud, clock } = testCloud({ bootMs: 0, terminateMs: 0 });
    const record = launch(cloud, "a");
    cloud.advance();
    cloud.terminate(record);
    cloud.advance();
    clock.advance(24 * 3600 * 1000 - 1);
    cloud.advance();
    expect([...cloud.records]).toHaveLength(1);
    clock.advance(1);
    cloud.advance();
    expect([...cloud.records]).toHaveLength(0);
    expect(cloud.workRequests.findNewest(record, "LaunchInstance")).toBeUndefined();
  });

  it("refuses to terminate what is going already", () => {
    const { cloud } = testCloud();
    const record = launch(cloud, "a");
    cloud.terminate(record);
    expect(() => cloud.terminate(record)).toThrow("is TERMINATING");
  });

  it("powers a RUNNING instance off when its host fails", () => {
    const { cloud, clock } = testCloud({ bootMs: 10 });
    const events = recordEvents(cloud);
    const record = launch(cloud, "a");
    clock.advance(10);
    cloud.advance();
    cloud.fail(record);
    expect(record.lifecycleState).toBe("STOPPED");
    expect(events.at(-1)?.kind).toBe("instance-powered-off");
  });
});

describe("sentinel shapes", () => {
  const fixed = { shapeConfig: undefined };

  it("VM.SandboxNoCapacity.1 is refused as out of host capacity", () => {
    const { cloud } = testCloud();
    const attempt = () => launch(cloud, "a", { ...fixed, shape: "VM.SandboxNoCapacity.1" });
    expect(attempt).toThrow(
      expect.objectContaining({
        status: 500,
        code: "InternalError",
        message: "Out of host capacity.",
      }),
    );
    expect([...cloud.records]).toHaveLength(0);
  });

  it("VM.SandboxLimit.1 is refused as a service limit", () => {
    const { cloud } = testCloud();
    const attempt = () => launch(cloud, "a", { ...fixed, shape: "VM.SandboxLimit.1" });
    expect(attempt).toThrow(expect.objectContaining({ status: 400, code: "LimitExceeded" }));
    expect(attempt).toThrow(/^The following service limits were exceeded: sandbox-core-count\. /);
  });

  it("VM.SandboxAsyncFail.1 is accepted and ends TERMINATED with a FAILED work request", () => {
    const { cloud, clock } = testCloud({ bootMs: 1000 });
    const events = recordEvents(cloud);
    const record = launch(cloud, "a", { ...fixed, shape: "VM.SandboxAsyncFail.1" });
    expect(record.lifecycleState).toBe("PROVISIONING");
    clock.advance(1000);
    cloud.advance();
    expect(record.lifecycleState).toBe("TERMINATED");
    expect(cloud.workRequests.findNewest(record, "LaunchInstance")).toMatchObject({
      status: "FAILED",
      error: { message: "Out of host capacity." },
    });
    expect(events.map((event) => event.kind)).toEqual(["instance-terminated"]);
    expect(launch(cloud, "a").lifecycleState).toBe("PROVISIONING");
  });

  it("VM.SandboxNoBoot.1 runs, and says that nothing boots", () => {
    const { cloud } = testCloud({ bootMs: 0 });
    const booting: boolean[] = [];
    cloud.subscribe((event) => booting.push(event.instance.boots));
    launch(cloud, "a", { ...fixed, shape: "VM.SandboxNoBoot.1" });
    cloud.advance();
    expect(booting).toEqual([false]);
  });

  it("are offered in every availability domain", () => {
    const region = testRegion();
    const sentinels = region.shapes.filter((one) => one.payload.shape.startsWith("VM.Sandbox"));
    expect(sentinels).toHaveLength(4);
    for (const one of sentinels)
      expect(one.availabilityDomains).toEqual(region.availabilityDomains);
  });
});

describe("what a subnet holds", () => {
  it("has labels of its own: the same name may live in another subnet", () => {
    const { cloud } = testCloud();
    const { region } = cloud;
    launch(cloud, "a");
    const createVnicDetails = { subnetId: region.subnets[1]?.ocid, hostnameLabel: "a" };
    const record = cloud.launch(checkLaunch(launchBody(region, { createVnicDetails }), region));
    expect(record.vnic.ipAddress).toBe("10.0.16.2");
  });

  it("compares labels without regard to case", () => {
    const { cloud } = testCloud();
    launch(cloud, "Node-1");
    expect(() => launch(cloud, "node-1")).toThrow(
      expect.objectContaining({ status: 409, code: "Conflict" }),
    );
  });

  it("accepts a duplicate label and fails it later when the settings say so", () => {
    const { cloud, clock } = testCloud({ bootMs: 1000, duplicateLabel: "fail-later" });
    const first = launch(cloud, "a");
    const second = launch(cloud, "a");
    clock.advance(1000);
    cloud.advance();
    expect([first.lifecycleState, second.lifecycleState]).toEqual(["RUNNING", "TERMINATED"]);
    expect(cloud.workRequests.findNewest(second, "LaunchInstance")?.error?.message).toContain(
      "Hostname a is already used in subnet",
    );
    const third = launch(cloud, "a");
    clock.advance(1000);
    cloud.advance();
    expect(third.lifecycleState).toBe("TERMINATED");
    cloud.terminate(first);
    clock.advance(60_000);
    cloud.advance();
    launch(cloud, "a");
    clock.advance(1000);
    cloud.advance();
    expect([...cloud.records].at(-1)?.lifecycleState).toBe("RUNNING");
  });

  it("is full when its addresses are used up, and has room again after a termination", () => {
    const region = testRegion({ subnets: [{ name: "tiny", cidr: "10.0.0.0/30" }] });
    const { cloud, clock } = testCloud({ terminateMs: 10 }, region);
    const first = launch(cloud, "a");
    expect(() => launch(cloud, "b")).toThrow("no free private IP addresses");
    cloud.terminate(first);
    clock.advance(10);
    cloud.advance();
    expect(launch(cloud, "b").vnic.ipAddress).toBe("10.0.0.2");
  });
});

describe("quotas", () => {
  it("refuse beyond the limit of a shape and availability domain, and count again what ended", () => {
    const { cloud, clock } = testCloud({ terminateMs: 10 });
    const availabilityDomain = cloud.region.availabilityDomains[0] ?? "";
    const shape = "VM.Standard.E4.Flex";
    cloud.quotas.set({ shape, availabilityDomain, kind: "limit", countMax: 1 });
    const first = launch(cloud, "a");
    expect(() => launch(cloud, "b")).toThrow(
      "service limits were exceeded: standard-e4-core-count, standard-e4-memory-count.",
    );
    launch(cloud, "elsewhere", { availabilityDomain: cloud.region.availabilityDomains[1] });
    cloud.terminate(first);
    clock.advance(10);
    cloud.advance();
    expect(launch(cloud, "b").lifecycleState).toBe("PROVISIONING");
  });

  it("can also mean that the hosts are full", () => {
    const { cloud } = testCloud();
    const availabilityDomain = cloud.region.availabilityDomains[0] ?? "";
    cloud.quotas.set({
      shape: "VM.Standard.E4.Flex",
      availabilityDomain,
      kind: "capacity",
      countMax: 0,
    });
    expect(() => launch(cloud, "a")).toThrow("Out of host capacity.");
  });
});
