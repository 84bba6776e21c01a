import { describe, expect, it } from "vitest";
import { loadConfig } from "../../nodectl/cli/load.ts";
import { createInspection } from "../../nodectl/cli/oci-context.ts";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { Clock } from "../../nodectl/domain/clock.ts";
import { silentLog } from "../nodectl/commands/silent-log.ts";
import { launchByHand } from "../sandbox/api/instance-by-hand.ts";
import { describeInstance, type CloudInstance } from "../sandbox/api/cloud-event.ts";
import { useRigs, type Rig } from "./rig.ts";

const createRig = useRigs();

/** A console is ready sooner here than on OCI. */
const impatient: Clock = {
  now: () => systemClock.now(),
  sleep: (durationMs, signal) => systemClock.sleep(durationMs / 20, signal),
};

async function inspectionOf(rig: Rig) {
  const config = await loadConfig({ config: await rig.writeSettings() });
  const signal = AbortSignal.timeout(40_000);
  return createInspection(config, { clock: impatient, log: silentLog, signal });
}

/** One that runs. */
async function instanceOf(rig: Rig, displayName: string): Promise<CloudInstance> {
  const record = launchByHand(rig.cloud, { displayName, hostnameLabel: displayName });
  await expect.poll(() => record.lifecycleState).toBe("RUNNING");
  return describeInstance(record);
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
    const { instanceOcid } = await instanceOf(rig, "vm-a-0001");
    const record = rig.cloud.find(instanceOcid);
    if (record === undefined) throw new Error("the instance is forgotten");
    rig.cloud.terminate(record);
    await expect.poll(() => record.lifecycleState).toBe("TERMINATED");
    expect(await instanceAddresses.addressOf(instanceOcid)).toBeUndefined();
  });
});
