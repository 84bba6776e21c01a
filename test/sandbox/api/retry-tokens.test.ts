import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

let bench: TestBench;

beforeEach(async () => {
  bench = await startTestBench({ bootMs: 5000, terminateMs: 3000 });
});
afterEach(async () => {
  await bench.close();
});

const launch: TestBench["launch"] = (...args) => bench.launch(...args);

describe("retry tokens", () => {
  it("give the same instance, in its present state, for the same request", async () => {
    const { instance } = await launch("n1", "token");
    bench.clock.advance(5000);
    const again = await launch("n1", "token");
    expect(again.instance).toMatchObject({ id: instance.id, lifecycleState: "RUNNING" });
    expect([...bench.cloud.records]).toHaveLength(1);
  });

  it("are refused with another request", async () => {
    await launch("n1", "token");
    expect(await refusalOf(launch("n2", "token"))).toMatchObject({
      status: 409,
      code: "InvalidatedRetryToken",
    });
  });

  it("are refused once their instance is TERMINATED", async () => {
    const { instance } = await launch("n1", "token");
    await bench.compute.terminateInstance({ instanceId: instance.id });
    expect((await launch("n1", "token")).instance.lifecycleState).toBe("TERMINATING");
    bench.clock.advance(3000);
    expect(await refusalOf(launch("n1", "token"))).toMatchObject({
      status: 409,
      code: "InvalidatedRetryToken",
    });
    expect((await launch("n1", "next-token")).instance.lifecycleState).toBe("PROVISIONING");
  });

  it("show the TERMINATED instance when the settings say so", async () => {
    await bench.close();
    bench = await startTestBench({ terminateMs: 0, terminatedTokenAnswer: "instance" });
    const { instance } = await launch("n1", "token");
    await bench.compute.terminateInstance({ instanceId: instance.id });
    expect((await launch("n1", "token")).instance).toMatchObject({
      id: instance.id,
      lifecycleState: "TERMINATED",
    });
  });

  it("are forgotten after a day", async () => {
    const { instance } = await launch("n1", "token");
    await bench.compute.terminateInstance({ instanceId: instance.id });
    bench.clock.advance(24 * 3600 * 1000);
    expect((await launch("n1", "token")).instance.id).not.toBe(instance.id);
  });

  it("have at most 64 characters", async () => {
    expect(await refusalOf(launch("n1", "t".repeat(65)))).toMatchObject({
      status: 400,
      code: "InvalidParameter",
    });
    expect((await launch("n1", "t".repeat(64))).instance.displayName).toBe("n1");
  });

  it("are not used up by a request that was refused", async () => {
    const [availabilityDomain = ""] = bench.region.availabilityDomains;
    bench.cloud.quotas.set({
      shape: "VM.Standard.E4.Flex",
      availabilityDomain,
      kind: "capacity",
      countMax: 0,
    });
    expect(await refusalOf(launch("n1", "token"))).toMatchObject({
      status: 500,
      code: "InternalError",
    });
    bench.cloud.quotas.clear();
    expect((await launch("n1", "token")).instance.displayName).toBe("n1");
  });
});
