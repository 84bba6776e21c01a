import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addStrangers } from "./strangers.ts";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

let bench: TestBench;
let compartmentId: string;
let subnetId: string;

beforeEach(async () => {
  bench = await startTestBench({ bootMs: 5000, terminateMs: 3000 });
  ({ compartmentId, subnetId } = bench);
});
afterEach(async () => {
  await bench.close();
});

const launch: TestBench["launch"] = (...args) => bench.launch(...args);

async function stateAfter(instanceId: string, durationMs: number): Promise<string> {
  bench.clock.advance(durationMs);
  return (await bench.compute.getInstance({ instanceId })).instance.lifecycleState;
}

describe("the real SDK", () => {
  it("launches, watches and terminates an instance", async () => {
    const { instance, etag, opcRequestId, opcWorkRequestId } = await launch("n1");
    expect(instance).toMatchObject({
      lifecycleState: "PROVISIONING",
      displayName: "n1",
      shape: "VM.Standard.E4.Flex",
      shapeConfig: { ocpus: 2, memoryInGBs: 16 },
      region: "phx",
    });
    expect([etag, opcRequestId, opcWorkRequestId].every((header) => header !== "")).toBe(true);
    bench.clock.advance(5000);
    const running = await bench.compute.getInstance({ instanceId: instance.id });
    expect(running.instance.lifecycleState).toBe("RUNNING");
    expect(running.etag).not.toBe(etag);
    const ended = await bench.compute.terminateInstance({
      instanceId: instance.id,
      preserveBootVolume: false,
    });
    expect(ended.opcWorkRequestId).toMatch(/^ocid1\.coreservicesworkrequest\./);
    bench.clock.advance(3000);
    const list = await bench.compute.listInstances({ compartmentId });
    expect(list.items.map((one) => one.lifecycleState)).toEqual(["TERMINATED"]);
  });

  it("finds a node's address by its label in one list", async () => {
    await launch("n1");
    await launch("n2");
    const { items } = await bench.network.listPrivateIps({ subnetId });
    expect(items.map(({ hostnameLabel, ipAddress }) => [hostnameLabel, ipAddress])).toEqual([
      ["n1", "10.0.0.2"],
      ["n2", "10.0.0.3"],
    ]);
    const byAddress = await bench.network.listPrivateIps({ subnetId, ipAddress: "10.0.0.3" });
    expect(byAddress.items.map((one) => one.hostnameLabel)).toEqual(["n2"]);
  });

  it("finds it by way of the attachment and the VNIC as well", async () => {
    const { instance } = await launch("n1");
    const { items } = await bench.compute.listVnicAttachments({
      compartmentId,
      instanceId: instance.id,
    });
    const vnicId = items[0]?.vnicId ?? "";
    const { vnic } = await bench.network.getVnic({ vnicId });
    expect(vnic).toMatchObject({ privateIp: "10.0.0.2", hostnameLabel: "n1", isPrimary: true });
    const byVnic = await bench.network.listPrivateIps({ vnicId });
    expect(byVnic.items.map((one) => one.ipAddress)).toEqual(["10.0.0.2"]);
  });

  it("reads the region", async () => {
    const { availabilityDomains, tenancyOcid } = bench.region;
    const domains = await bench.identity.listAvailabilityDomains({ compartmentId: tenancyOcid });
    expect(domains.items.map((one) => one.name)).toEqual(availabilityDomains);
    const [availabilityDomain = ""] = availabilityDomains;
    const faults = await bench.identity.listFaultDomains({
      compartmentId: tenancyOcid,
      availabilityDomain,
    });
    expect(faults.items).toHaveLength(3);
    const subnets = await bench.network.listSubnets({ compartmentId, displayName: "clustera" });
    expect(subnets.items.map((one) => one.id)).toEqual([subnetId]);
    const { subnet } = await bench.network.getSubnet({ subnetId });
    expect(subnet).toMatchObject({ cidrBlock: "10.0.0.0/20", virtualRouterIp: "10.0.0.1" });
    const images = await bench.compute.listImages({ compartmentId, shape: "VM.Standard.A1.Flex" });
    expect(images.items.map((one) => one.displayName)).toEqual([bench.region.images[1]?.name]);
    const imageId = images.items[0]?.id ?? "";
    expect((await bench.compute.getImage({ imageId })).image.id).toBe(imageId);
  });

  it("lists the shapes of one availability domain with their sizes", async () => {
    const shapesIn = async (index: number) => {
      const availabilityDomain = bench.region.availabilityDomains[index] ?? "";
      return (await bench.compute.listShapes({ compartmentId, availabilityDomain })).items;
    };
    const [first, third] = await Promise.all([shapesIn(0), shapesIn(2)]);
    expect(first.find((one) => one.shape === "VM.Standard.E4.Flex")).toMatchObject({
      isFlexible: true,
      ocpuOptions: { min: 1, max: 64 },
      memoryOptions: { minInGBs: 1, maxInGBs: 1024, minPerOcpuInGBs: 1, maxPerOcpuInGBs: 64 },
    });
    expect(first.find((one) => one.shape === "VM.GPU.A10.1")).toMatchObject({ gpus: 1, ocpus: 15 });
    expect(third.map((one) => one.shape)).not.toContain("BM.HPC2.36");
    const arm = bench.region.images[1]?.ocid ?? "";
    const forArm = await bench.compute.listShapes({ compartmentId, imageId: arm });
    expect(forArm.items.map((one) => one.shape)).toContain("VM.Standard.A1.Flex");
    expect(forArm.items.map((one) => one.shape)).not.toContain("VM.Standard.E4.Flex");
  });

  it("stops and starts an instance", async () => {
    const { instance } = await launch("n1");
    const stop = () => bench.compute.instanceAction({ instanceId: instance.id, action: "STOP" });
    expect(await refusalOf(stop())).toMatchObject({ status: 409, code: "IncorrectState" });
    bench.clock.advance(5000);
    expect((await stop()).instance.lifecycleState).toBe("STOPPING");
    bench.clock.advance(2000);
    const started = await bench.compute.instanceAction({
      instanceId: instance.id,
      action: "START",
    });
    expect(started.instance.lifecycleState).toBe("STARTING");
  });

  it("resets an instance, which keeps its address and its label", async () => {
    const { instance } = await launch("n1");
    bench.clock.advance(5000);
    const reset = await bench.compute.instanceAction({ instanceId: instance.id, action: "RESET" });
    expect(reset.instance.lifecycleState).toBe("STOPPING");
    expect(await stateAfter(instance.id, 2000)).toBe("STARTING");
    expect(await stateAfter(instance.id, 5000)).toBe("RUNNING");
    const { items } = await bench.network.listPrivateIps({ subnetId });
    expect(items.map(({ hostnameLabel, ipAddress }) => [hostnameLabel, ipAddress])).toEqual([
      ["n1", "10.0.0.2"],
    ]);
  });

  it("lists what is in one compartment, and nothing of another", async () => {
    const elsewhere = bench.region.compartments[1]?.ocid ?? "";
    await launch("n1");
    await launch("n2", undefined, { compartmentId: elsewhere });
    const namesIn = async (ocid: string) => {
      const { items } = await bench.compute.listInstances({ compartmentId: ocid });
      return items.map((one) => one.displayName);
    };
    expect(await namesIn(compartmentId)).toEqual(["n1"]);
    expect(await namesIn(elsewhere)).toEqual(["n2"]);
    const attachments = await bench.compute.listVnicAttachments({ compartmentId: elsewhere });
    expect(attachments.items).toHaveLength(1);
  });

  it("gets OCI's codes and texts for what it does wrong", async () => {
    expect(await refusalOf(launch("n1", undefined, { shape: "VM.Nope" }))).toEqual({
      status: 404,
      code: "NotAuthorizedOrNotFound",
      message: "shape VM.Nope not found",
    });
    const nobody = bench.compute.getInstance({ instanceId: "ocid1.instance.oc1.phx.x" });
    expect(await refusalOf(nobody)).toMatchObject({ status: 404, code: "NotAuthorizedOrNotFound" });
    const elsewhere = bench.compute.listInstances({ compartmentId: "ocid1.compartment.oc1..x" });
    expect(await refusalOf(elsewhere)).toMatchObject({ status: 404 });
  });
});

describe("host name labels", () => {
  it("stay taken until the instance is TERMINATED", async () => {
    const { instance } = await launch("n1");
    const duplicate = {
      status: 409,
      code: "Conflict",
      message: expect.stringContaining("Hostname n1 is already used") as unknown,
    };
    expect(await refusalOf(launch("n1"))).toEqual(duplicate);
    await bench.compute.terminateInstance({ instanceId: instance.id });
    expect(await refusalOf(launch("n1"))).toEqual(duplicate);
    bench.clock.advance(3000);
    const { instance: second } = await launch("n1");
    expect(second.id).not.toBe(instance.id);
  });
});

describe("TerminateInstance", () => {
  it("of a TERMINATED instance answers 404", async () => {
    const { instance } = await launch("n1");
    await bench.compute.terminateInstance({ instanceId: instance.id });
    expect(
      await refusalOf(bench.compute.terminateInstance({ instanceId: instance.id })),
    ).toMatchObject({ status: 409, code: "IncorrectState" });
    bench.clock.advance(3000);
    expect(
      await refusalOf(bench.compute.terminateInstance({ instanceId: instance.id })),
    ).toMatchObject({ status: 404 });
  });

  it("obeys if-match", async () => {
    const { instance, etag } = await launch("n1");
    bench.clock.advance(5000);
    const stale = bench.compute.terminateInstance({ instanceId: instance.id, ifMatch: etag });
    expect(await refusalOf(stale)).toMatchObject({ status: 412, code: "NoEtagMatch" });
    const { etag: fresh } = await bench.compute.getInstance({ instanceId: instance.id });
    await bench.compute.terminateInstance({ instanceId: instance.id, ifMatch: fresh });
    expect(bench.cloud.find(instance.id)?.lifecycleState).toBe("TERMINATING");
  });
});

describe("strangers", () => {
  it("live RUNNING in the compartment, with our names and without our tags", async () => {
    addStrangers(bench.cloud, { nodeNames: ["n1"] });
    const { instance } = await launch("n1", undefined, { freeformTags: { cluster: "ours" } });
    const { items } = await bench.compute.listInstances({ compartmentId, displayName: "n1" });
    expect(items).toHaveLength(3);
    expect(
      items.filter((one) => one.freeformTags?.["cluster"] === "ours").map((one) => one.id),
    ).toEqual([instance.id]);
    const others = items.filter((one) => one.id !== instance.id);
    expect(others.map((one) => one.lifecycleState)).toEqual(["RUNNING", "RUNNING"]);
    const { items: addresses } = await bench.network.listPrivateIps({ subnetId });
    expect(addresses).toHaveLength(1);
  });
});
