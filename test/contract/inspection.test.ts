import { describe, expect, it } from "vitest";
import { loadConfig } from "../../nodectl/cli/load.ts";
import { createCatalogue } from "../../nodectl/cli/oci-catalogue.ts";
import { cloudOf, createClientSettings, type RunTools } from "../../nodectl/cli/oci-context.ts";
import { createDoctorCloud } from "../../nodectl/cli/oci-doctor.ts";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { Clock } from "../../nodectl/domain/clock.ts";
import { silentLog } from "../nodectl/commands/silent-log.ts";
import { launchByHand } from "../sandbox/api/instance-by-hand.ts";
import { describeInstance, type CloudInstance } from "../sandbox/api/cloud-event.ts";
import type { InstanceRecord } from "../sandbox/api/instance-record.ts";
import { leaveBootVolume } from "../sandbox/api/left-boot-volume.ts";
import { useRigs, type Rig } from "./rig.ts";

const createRig = useRigs();
const DEADLINE_MS = 40_000;

/** A console is ready sooner here than on OCI. */
const impatient: Clock = {
  now: () => systemClock.now(),
  sleep: (durationMs, signal) => systemClock.sleep(durationMs / 20, signal),
};

async function inspectionOf(rig: Rig) {
  const config = await configOf(rig);
  const tools = toolsOf();
  return cloudOf(await createClientSettings(config, tools), config, tools);
}

async function inquiriesOf(rig: Rig, settings: Record<string, unknown> = {}) {
  const config = await configOf(rig, settings);
  return createDoctorCloud(config, { clock: impatient, log: silentLog, deadlineMs: DEADLINE_MS });
}

async function configOf(rig: Rig, settings: Record<string, unknown> = {}) {
  return loadConfig({ config: await rig.writeSettings(settings) });
}

function toolsOf(): RunTools {
  return { clock: impatient, log: silentLog, signal: AbortSignal.timeout(DEADLINE_MS) };
}

/** One that runs. */
async function instanceOf(rig: Rig, displayName: string): Promise<CloudInstance> {
  const record = launchByHand(rig.cloud, { displayName, hostnameLabel: displayName });
  await expect.poll(() => record.lifecycleState).toBe("RUNNING");
  return describeInstance(record);
}

function recordOf(rig: Rig, { instanceOcid }: CloudInstance): InstanceRecord {
  const record = rig.cloud.find(instanceOcid);
  if (record === undefined) throw new Error("the instance is forgotten");
  return record;
}

describe("the console of an instance", () => {
  it("is had with a capture, which is deleted again", async () => {
    const rig = await createRig({ cloud: { consoleCaptureMs: 150 } });
    const { consoles } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    expect(await consoles.captureConsole(instanceOcid)).toMatch(/vm-a-0001 login: \r\n$/);
    expect(rig.callCounts()).toMatchObject({
      CaptureConsoleHistory: 1,
      GetConsoleHistoryContent: 1,
      DeleteConsoleHistory: 1,
    });
    expect([...rig.cloud.consoles.records]).toEqual([]);
  });

  it("is its end, also when OCI gives it in small parts", async () => {
    const settings = { consoleCaptureMs: 20, consolePartBytesMax: 10_240 };
    const rig = await createRig({ cloud: settings });
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join("\n");
    rig.cloud.consoles.readFrom(() => Buffer.from(`${lines}\n`));
    const { consoles } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    const tail = await consoles.captureConsole(instanceOcid);
    expect(tail).toHaveLength(16_384);
    expect(tail).toBe(`${lines}\n`.slice(-16_384));
  });

  it("may be empty, or read like JSON", async () => {
    const rig = await createRig({ cloud: { consoleCaptureMs: 20 } });
    const { consoles } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    for (const text of ["", "[1, 2]", "null", '{"a": 1}\n']) {
      rig.cloud.consoles.readFrom(() => Buffer.from(text));
      expect(await consoles.captureConsole(instanceOcid)).toBe(text);
    }
  });

  it("is refused for an instance that is gone", async () => {
    const rig = await createRig();
    const { consoles } = await inspectionOf(rig);
    await expect(consoles.captureConsole("ocid1.instance.oc1.phx.gone")).rejects.toThrow(
      /CaptureConsoleHistory: 404 NotAuthorizedOrNotFound/,
    );
  });

  it("is given up after half a minute, and the capture is deleted", async () => {
    const rig = await createRig({ cloud: { consoleCaptureMs: 3_600_000 } });
    const { consoles } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    expect(await consoles.captureConsole(instanceOcid)).toBeUndefined();
    expect([...rig.cloud.consoles.records]).toEqual([]);
  });
});

describe("a console capture", () => {
  it("is deleted when the run's deadline comes first, and that is no error", async () => {
    const rig = await createRig({ cloud: { consoleCaptureMs: 3_600_000 } });
    const deadline = new AbortController();
    const clock: Clock = {
      now: () => systemClock.now(),
      sleep: (durationMs, signal) => {
        deadline.abort();
        return systemClock.sleep(durationMs, signal);
      },
    };
    const lastSignal = AbortSignal.timeout(DEADLINE_MS);
    const tools = { clock, log: silentLog, signal: deadline.signal, lastSignal };
    const config = await configOf(rig);
    const { consoles } = cloudOf(await createClientSettings(config, tools), config, tools);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    expect(await consoles.captureConsole(instanceOcid)).toBeUndefined();
    expect([...rig.cloud.consoles.records]).toEqual([]);
  });

  it("gives its text also when OCI refuses to delete it", async () => {
    const rig = await createRig({ cloud: { consoleCaptureMs: 20 } });
    const answer = { kind: "error", status: 403, code: "NotAllowed", message: "no" } as const;
    rig.api.faults.add({ operation: "DeleteConsoleHistory", answer });
    const { consoles } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    expect(await consoles.captureConsole(instanceOcid)).toMatch(/vm-a-0001 login/);
  });
});

describe("the address of an instance", () => {
  it("is that of its own VNIC, whoever has the same name elsewhere", async () => {
    const rig = await createRig({ strangerNames: ["vm-a-0001"] });
    const { instanceAddresses } = await inspectionOf(rig);
    const { instanceOcid, privateIp } = await instanceOf(rig, "vm-a-0001");
    expect(await instanceAddresses.addressOf(instanceOcid)).toBe(privateIp);
  });

  it("is not there yet while the VNIC is being attached", async () => {
    const rig = await createRig({ cloud: { vnicDelayMs: 3_600_000 } });
    const { instanceAddresses } = await inspectionOf(rig);
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    expect(await instanceAddresses.addressOf(instanceOcid)).toBeUndefined();
  });

  it("is not there any more once the instance is gone", async () => {
    const rig = await createRig({ cloud: { terminateMs: 10 } });
    const { instanceAddresses } = await inspectionOf(rig);
    const instance = await instanceOf(rig, "vm-a-0001");
    await end(rig, instance, { preservesBootVolume: false });
    expect(await instanceAddresses.addressOf(instance.instanceOcid)).toBeUndefined();
  });
});

describe("the boot volumes that are left over", () => {
  it("are those that no instance boots from, in all availability domains", async () => {
    const rig = await createRig({ cloud: { terminateMs: 10, pageSizeMax: 2, emptyPages: true } });
    const { bootVolumes } = await inquiriesOf(rig);
    expect(await bootVolumes.listLeftBootVolumes()).toEqual([]);
    const [, second = ""] = rig.region.availabilityDomains;
    await instanceOf(rig, "vm-a-0001");
    await end(rig, await instanceOf(rig, "vm-a-0002"), { preservesBootVolume: false });
    await end(rig, await instanceOf(rig, "vm-a-0003"), { preservesBootVolume: true });
    const old = { displayName: "by hand", availabilityDomain: second, ageSeconds: 3600 };
    leaveBootVolume(rig.cloud, { ...old, sizeGib: 50 });
    const left = await bootVolumes.listLeftBootVolumes();
    expect(left).toMatchObject([
      { displayName: "vm-a-0003 (Boot Volume)", instanceName: "vm-a-0003", sizeGib: 47 },
      { displayName: "by hand", availabilityDomain: second, sizeGib: 50 },
    ]);
    expect(left[1]).not.toHaveProperty("instanceName");
    expect(left[0]?.imageOcid).toBe(rig.region.images[0]?.ocid);
    expect((left[0]?.timeCreatedMs ?? 0) - (left[1]?.timeCreatedMs ?? 0)).toBeGreaterThan(3.5e6);
  });

  it("are not those of instances that are launched, stopped or on their way out", async () => {
    const rig = await createRig({ cloud: { stopMs: 10, terminateMs: 60_000 } });
    const { bootVolumes } = await inquiriesOf(rig);
    launchByHand(rig.cloud, { displayName: "vm-a-0001" });
    const stopped = recordOf(rig, await instanceOf(rig, "vm-a-0002"));
    rig.cloud.stop(stopped);
    await expect.poll(() => stopped.lifecycleState).toBe("STOPPED");
    rig.cloud.terminate(recordOf(rig, await instanceOf(rig, "vm-a-0003")), true);
    expect(await bootVolumes.listLeftBootVolumes()).toEqual([]);
  });
});

describe("a service limit", () => {
  it("is known by a shape's name for it", async () => {
    const rig = await createRig();
    const config = await configOf(rig);
    const catalogue = await createCatalogue(config, toolsOf());
    const [availabilityDomain = ""] = await catalogue.listAvailabilityDomains();
    const shapes = await catalogue.listShapes(availabilityDomain);
    const [limitName = ""] = shapes.find(({ name }) => name === "VM.Standard2.1")?.quotaNames ?? [];
    rig.cloud.serviceLimits.set({ limitName, availabilityDomain, value: 5 });
    // Two of somebody else's are there before.
    await instanceOf(rig, "vm-a-0001");
    const { limits } = await inquiriesOf(rig);
    expect(await limits.availabilityOf(limitName, availabilityDomain)).toEqual({
      ...{ kind: "known", used: 3, available: 2 },
    });
    expect(await limits.availabilityOf("nope-count", availabilityDomain)).toEqual({
      kind: "not-told",
    });
  });
});

describe("the cluster's subnet", () => {
  it("tells how many of its addresses are taken", async () => {
    const rig = await createRig();
    await instanceOf(rig, "vm-a-0001");
    launchByHand(rig.cloud, { displayName: "without a host name" });
    const { subnet } = await inquiriesOf(rig);
    expect(await subnet.lookAtSubnet()).toEqual({
      ...{ cidr: "10.0.0.0/20", dnsLabel: "clustera", lifecycleState: "AVAILABLE" },
      ...{ addressesUsed: 2, addressesMax: 4093 },
    });
  });

  it("may be one that OCI does not know", async () => {
    const rig = await createRig();
    const { subnet } = await inquiriesOf(rig, { subnet_id: "ocid1.subnet.oc1.phx.nope" });
    expect(await subnet.lookAtSubnet()).toBeUndefined();
  });
});

async function end(
  rig: Rig,
  instance: CloudInstance,
  { preservesBootVolume }: { preservesBootVolume: boolean },
): Promise<void> {
  const record = recordOf(rig, instance);
  rig.cloud.terminate(record, preservesBootVolume);
  await expect.poll(() => record.lifecycleState).toBe("TERMINATED");
}
