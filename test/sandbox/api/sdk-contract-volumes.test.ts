import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

const BOOT_MS = 5000;
const TERMINATE_MS = 3000;

let bench: TestBench;
let compartmentId: string;
let availabilityDomain: string;

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  await bench.close();
});

async function start(settings: { copiesTagsToBootVolume?: boolean } = {}): Promise<void> {
  const times = { bootMs: BOOT_MS, terminateMs: TERMINATE_MS, terminatedRecordMs: 60_000 };
  bench = await startTestBench({ ...times, ...settings });
  compartmentId = bench.compartmentId;
  availabilityDomain = bench.region.availabilityDomains[0] ?? "";
}

async function volumes() {
  return (await bench.storage.listBootVolumes({ compartmentId })).items;
}

async function states(): Promise<readonly (readonly [string | undefined, string])[]> {
  return (await volumes()).map(({ displayName, lifecycleState }) => [displayName, lifecycleState]);
}

async function attachments() {
  const request = { availabilityDomain, compartmentId };
  return (await bench.compute.listBootVolumeAttachments(request)).items;
}

describe("the boot volume of an instance", () => {
  it("is made with it, named after it, and without its tags", async () => {
    const { instance } = await bench.launch("n1", undefined, {
      freeformTags: { cluster: "mouse" },
    });
    expect(await states()).toEqual([["n1 (Boot Volume)", "PROVISIONING"]]);
    bench.clock.advance(BOOT_MS);
    const [volume] = await volumes();
    expect(volume).toMatchObject({
      ...{ lifecycleState: "AVAILABLE", sizeInGBs: 47, sizeInMBs: 47_694, vpusPerGB: 10 },
      ...{ availabilityDomain, compartmentId, imageId: instance.imageId, freeformTags: {} },
    });
    const got = await bench.storage.getBootVolume({ bootVolumeId: volume?.id ?? "" });
    expect(got.bootVolume).toEqual(volume);
  });

  it("has its tags where the settings say that OCI copies them", async () => {
    await bench.close();
    await start({ copiesTagsToBootVolume: true });
    await bench.launch("n1", undefined, { freeformTags: { cluster: "mouse" } });
    expect((await volumes())[0]?.freeformTags).toEqual({ cluster: "mouse" });
  });

  it("has the size that the launch wanted", async () => {
    const imageId = bench.region.images[0]?.ocid;
    const sourceDetails = { sourceType: "image", imageId, bootVolumeSizeInGBs: 100 };
    await bench.launch("n1", undefined, { sourceDetails });
    expect((await volumes())[0]).toMatchObject({ sizeInGBs: 100, sizeInMBs: 102_400 });
  });

  it("goes with it, and is listed for a while afterwards", async () => {
    const { instance } = await bench.launch("n1");
    bench.clock.advance(BOOT_MS);
    expect((await attachments())[0]).toMatchObject({
      ...{ lifecycleState: "ATTACHED", instanceId: instance.id, id: instance.id },
      bootVolumeId: (await volumes())[0]?.id,
    });
    await bench.compute.terminateInstance({ instanceId: instance.id });
    expect((await attachments())[0]?.lifecycleState).toBe("DETACHING");
    expect(await states()).toEqual([["n1 (Boot Volume)", "TERMINATING"]]);
    bench.clock.advance(TERMINATE_MS);
    expect(await states()).toEqual([["n1 (Boot Volume)", "TERMINATED"]]);
    bench.clock.advance(60_000);
    expect(await states()).toEqual([]);
  });

  it("outlives it when it is preserved, and its record, until it is deleted", async () => {
    const { instance } = await bench.launch("n1");
    bench.clock.advance(BOOT_MS);
    const bootVolumeId = (await volumes())[0]?.id ?? "";
    const remove = () => bench.storage.deleteBootVolume({ bootVolumeId });
    expect(await refusalOf(remove())).toMatchObject({ status: 409, code: "IncorrectState" });
    await bench.compute.terminateInstance({ instanceId: instance.id, preserveBootVolume: true });
    bench.clock.advance(TERMINATE_MS);
    expect(await states()).toEqual([["n1 (Boot Volume)", "AVAILABLE"]]);
    expect((await attachments())[0]?.lifecycleState).toBe("DETACHED");
    bench.clock.advance(60_000);
    expect(await attachments()).toEqual([]);
    expect(await states()).toEqual([["n1 (Boot Volume)", "AVAILABLE"]]);
    await remove();
    expect(await states()).toEqual([["n1 (Boot Volume)", "TERMINATING"]]);
    expect(await refusalOf(remove())).toMatchObject({ status: 409 });
    bench.clock.advance(TERMINATE_MS + 60_000);
    expect(await refusalOf(remove())).toMatchObject({ status: 404 });
  });

  it("is listed by availability domain, and by instance", async () => {
    const second = bench.region.availabilityDomains[1] ?? "";
    const { instance } = await bench.launch("n1");
    await bench.launch("n2");
    await bench.launch("n3", undefined, { availabilityDomain: second });
    const { items } = await bench.storage.listBootVolumes({
      ...{ compartmentId, availabilityDomain: second },
    });
    expect(items.map(({ displayName }) => displayName)).toEqual(["n3 (Boot Volume)"]);
    expect((await attachments()).map(({ instanceId }) => instanceId)).toHaveLength(2);
    const { items: own } = await bench.compute.listBootVolumeAttachments({
      ...{ compartmentId, availabilityDomain, instanceId: instance.id },
    });
    expect(own.map(({ instanceId }) => instanceId)).toEqual([instance.id]);
    const nowhere = bench.storage.listBootVolumes({ compartmentId, availabilityDomain: "x" });
    expect(await refusalOf(nowhere)).toMatchObject({ status: 400, code: "InvalidParameter" });
  });
});

describe("a boot volume that is left over", () => {
  it("is what a preempted instance leaves that was launched to preserve it", async () => {
    const preemptionAction = { type: "TERMINATE", preserveBootVolume: true };
    const { instance } = await bench.launch("n1", undefined, {
      preemptibleInstanceConfig: { preemptionAction },
    });
    bench.clock.advance(BOOT_MS);
    const path = `/control/instances/${instance.id}/actions`;
    expect((await bench.control("POST", path, { action: "preempt" })).status).toBe(200);
    bench.clock.advance(TERMINATE_MS);
    expect(await states()).toEqual([["n1 (Boot Volume)", "AVAILABLE"]]);
  });

  it("can be asked for by the control API", async () => {
    const wanted = { displayName: "old (Boot Volume)", sizeGib: 50, ageSeconds: 3600 };
    const { status, body } = await bench.control("POST", "/control/boot-volumes", wanted);
    expect(status).toBe(200);
    const [volume] = await volumes();
    expect(volume).toMatchObject({
      ...{ id: (body as { bootVolumeOcid: string }).bootVolumeOcid, sizeInGBs: 50 },
      timeCreated: new Date(bench.cloud.nowMs - 3_600_000).toISOString(),
    });
    expect((await bench.control("POST", "/control/boot-volumes", {})).status).toBe(400);
  });
});
