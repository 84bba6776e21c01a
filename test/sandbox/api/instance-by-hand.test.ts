import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBench, type RawAnswer, type TestBench } from "./test-bench.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench({ bootMs: 1000, stopMs: 500, terminateMs: 1000 });
});
afterEach(async () => {
  await bench.close();
});

function launchByHand(body: object): Promise<RawAnswer> {
  return bench.control("POST", "/control/instances", body);
}

async function listed(): Promise<readonly unknown[]> {
  const { compartmentId } = bench;
  const { items } = await bench.compute.listInstances({ compartmentId });
  return items.map(({ displayName, lifecycleState }) => [displayName, lifecycleState]);
}

describe("an instance that somebody makes in the console", () => {
  it("has the tags that it is given, and boots as any other", async () => {
    const freeformTags = { cluster: "mouse", type: "compute", node: "n1" };
    const { status, body } = await launchByHand({ displayName: "n1", freeformTags });
    expect(status).toBe(200);
    expect(body).toMatchObject({ freeformTags, boots: true, subnet: { name: "clustera" } });
    bench.clock.advance(1000);
    expect(await listed()).toEqual([["n1", "RUNNING"]]);
    expect(bench.server.calls.since(0).map(({ operation }) => operation)).toEqual([
      "ListInstances",
    ]);
  });

  it("has the user data that it is given", async () => {
    const metadata = { user_data: "IyEvYmluL3NoCg==" };
    const { body } = await launchByHand({ displayName: "n1", metadata });
    expect(body).toMatchObject({ metadata });
  });

  it("can be a namesake in another subnet, and of another shape", async () => {
    await bench.launch("n1");
    const { body } = await launchByHand({
      ...{ displayName: "n1", hostnameLabel: "n1", subnet: "strangers" },
      ...{ shape: "VM.Standard.A1.Flex", shapeConfig: { ocpus: 2, memoryInGBs: 12 } },
      ...{ availabilityDomain: bench.region.availabilityDomains[1], boots: false },
    });
    expect(body).toMatchObject({
      ...{ hostnameLabel: "n1", privateIp: "10.0.32.2", ocpus: 2, memoryGib: 12, boots: false },
      availabilityDomain: bench.region.availabilityDomains[1],
    });
  });

  it.each([
    [{}, "displayName"],
    [{ displayName: "n1", subnet: "nowhere" }, "there are clustera, clusterb, strangers"],
    [{ displayName: "n1", tags: {} }, "tags"],
  ])("is refused when it makes no sense: %j", async (wanted, text) => {
    const { status, body } = await launchByHand(wanted);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(text);
  });
});

describe("what happens to an instance without a call", () => {
  it("is a preemption, which ends it, and a reset, which boots it again", async () => {
    const act = async (name: string, action: string) => {
      const record = [...bench.cloud.records].find(({ displayName }) => displayName === name);
      const path = `/control/instances/${record?.instanceOcid ?? ""}/actions`;
      expect((await bench.control("POST", path, { action })).status).toBe(200);
    };
    await bench.launch("n1");
    await bench.launch("n2");
    bench.clock.advance(1000);
    await act("n1", "preempt");
    await act("n2", "reset");
    const going = [
      ["n2", "STOPPING"],
      ["n1", "TERMINATING"],
    ];
    expect(await listed()).toEqual(going);
    bench.clock.advance(1500);
    const gone = [
      ["n2", "RUNNING"],
      ["n1", "TERMINATED"],
    ];
    expect(await listed()).toEqual(gone);
  });
});

describe("a list", () => {
  it("can come back short, or empty, without a word of the rest", async () => {
    for (const name of ["n1", "n2", "n3"]) await bench.launch(name);
    const operation = "ListInstances";
    const shorten = (itemCountMax: number) =>
      bench.control("POST", "/control/faults", {
        ...{ operation, times: 1, answer: { kind: "short-list", itemCountMax } },
      });
    expect((await shorten(2)).status).toBe(200);
    await shorten(0);
    expect(await listed()).toHaveLength(2);
    expect(await listed()).toEqual([]);
    expect(await listed()).toHaveLength(3);
    expect((await shorten(-1)).status).toBe(400);
  });
});
