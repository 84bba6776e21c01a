import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNSET_LIMIT } from "./service-limits.ts";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

const CORES = "standard-e4-core-count";
const MEMORY = "standard-e4-memory-count";

let bench: TestBench;
let compartmentId: string;
let availabilityDomain: string;

beforeEach(async () => {
  bench = await startTestBench({ terminateMs: 1000 });
  compartmentId = bench.compartmentId;
  availabilityDomain = bench.region.availabilityDomains[0] ?? "";
});
afterEach(async () => {
  await bench.close();
});

async function availability(limitName: string): Promise<readonly (number | undefined)[]> {
  const { resourceAvailability } = await bench.limits.getResourceAvailability({
    ...{ serviceName: "compute", limitName, compartmentId, availabilityDomain },
  });
  return [resourceAvailability.used, resourceAvailability.available];
}

async function setLimit(limit: object): Promise<void> {
  const wanted = { availabilityDomain, ...limit };
  expect((await bench.control("POST", "/control/limits", wanted)).status).toBe(200);
}

describe("the availability of a service limit", () => {
  it("counts what lives, in the limit's own unit", async () => {
    expect(await availability(CORES)).toEqual([0, UNSET_LIMIT]);
    const { instance } = await bench.launch("n1");
    await bench.launch("n2");
    expect(await availability(CORES)).toEqual([4, UNSET_LIMIT - 4]);
    expect(await availability(MEMORY)).toEqual([32, UNSET_LIMIT - 32]);
    await bench.launch("g1", undefined, { shape: "BM.GPU4.8", shapeConfig: undefined });
    expect(await availability("gpu4-count")).toEqual([8, UNSET_LIMIT - 8]);
    await bench.compute.terminateInstance({ instanceId: instance.id });
    bench.clock.advance(1000);
    expect(await availability(CORES)).toEqual([2, UNSET_LIMIT - 2]);
  });

  it("is what a limit leaves, and a launch beyond it is refused by name", async () => {
    await setLimit({ limitName: CORES, value: 3 });
    await bench.launch("n1");
    expect(await availability(CORES)).toEqual([2, 1]);
    expect(await refusalOf(bench.launch("n2"))).toMatchObject({
      ...{ status: 400, code: "LimitExceeded" },
      message: expect.stringContaining(`limits were exceeded: ${CORES}.`) as unknown,
    });
    await bench.launch("n2", undefined, { shapeConfig: { ocpus: 1, memoryInGBs: 8 } });
    expect(await availability(CORES)).toEqual([3, 0]);
    await bench.control("DELETE", "/control/limits");
    await bench.launch("n3");
  });

  it("is also what a ceiling on a shape leaves", async () => {
    await setLimit({ shape: "VM.Standard.E4.Flex", countMax: 2 });
    expect(await availability(CORES)).toEqual([0, 2]);
    expect(await availability(MEMORY)).toEqual([0, 32]);
    await bench.launch("n1");
    await bench.launch("n2");
    expect(await availability(CORES)).toEqual([4, 0]);
  });

  it("is refused without its availability domain, and for a name that there is not", async () => {
    const ask = (request: { limitName: string; availabilityDomain?: string }) =>
      refusalOf(
        bench.limits.getResourceAvailability({
          ...{ serviceName: "compute", compartmentId, ...request },
        }),
      );
    expect(await ask({ limitName: CORES })).toMatchObject({
      ...{ status: 400, code: "InvalidParameter" },
    });
    expect(await ask({ limitName: "nope-count", availabilityDomain })).toMatchObject({
      status: 404,
    });
  });
});

describe("limit values", () => {
  it("are listed for the tenancy, by name and availability domain", async () => {
    await setLimit({ limitName: CORES, value: 3 });
    const { tenancyOcid } = bench.region;
    const { items } = await bench.limits.listLimitValues({
      ...{ serviceName: "compute", compartmentId: tenancyOcid, name: CORES },
    });
    expect(items.map(({ value, scopeType }) => [value, scopeType])).toEqual([
      [3, "AD"],
      [UNSET_LIMIT, "AD"],
      [UNSET_LIMIT, "AD"],
    ]);
    const inCompartment = bench.limits.listLimitValues({ serviceName: "compute", compartmentId });
    expect(await refusalOf(inCompartment)).toMatchObject({ status: 404 });
  });

  it("that nothing counts against cannot be set", async () => {
    const limit = { limitName: "nope-count", availabilityDomain, value: 1 };
    const { status, body } = await bench.control("POST", "/control/limits", limit);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("standard-e4-core-count");
  });
});

describe("the network", () => {
  it("tells of a subnet's and a VCN's blocks and names", async () => {
    const { subnet } = await bench.network.getSubnet({ subnetId: bench.subnetId });
    expect(subnet).toMatchObject({
      ...{ cidrBlock: "10.0.0.0/20", dnsLabel: "clustera", lifecycleState: "AVAILABLE" },
      subnetDomainName: "clustera.sandbox.oraclevcn.com",
    });
    const { vcn } = await bench.network.getVcn({ vcnId: subnet.vcnId });
    expect(vcn).toMatchObject({ cidrBlocks: ["10.0.0.0/16"], dnsLabel: "sandbox" });
    const unknown = bench.network.getVcn({ vcnId: "ocid1.vcn.oc1.phx.x" });
    expect(await refusalOf(unknown)).toMatchObject({ status: 404 });
  });
});
