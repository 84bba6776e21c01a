import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

const CAPTURE_MS = 1000;

let bench: TestBench;
let instanceId: string;

beforeEach(async () => {
  bench = await startTestBench({ bootMs: 5000, consoleCaptureMs: CAPTURE_MS });
  instanceId = (await bench.launch("n1")).instance.id;
  bench.clock.advance(5000);
});
afterEach(async () => {
  await bench.close();
});

async function capture(): Promise<string> {
  const { consoleHistory } = await bench.compute.captureConsoleHistory({
    captureConsoleHistoryDetails: { instanceId },
  });
  return consoleHistory.id;
}

async function stateOf(instanceConsoleHistoryId: string): Promise<string> {
  const { consoleHistory } = await bench.compute.getConsoleHistory({ instanceConsoleHistoryId });
  return consoleHistory.lifecycleState;
}

function contentOf(ocid: string, query = "") {
  return bench.call({ method: "GET", path: `instanceConsoleHistories/${ocid}/data${query}` });
}

describe("the console history of an instance", () => {
  it("is REQUESTED, then GETTING-HISTORY, then SUCCEEDED", async () => {
    const ocid = await capture();
    expect(ocid).toMatch(/^ocid1\.consolehistory\.oc1\.phx\./);
    expect(await stateOf(ocid)).toBe("REQUESTED");
    expect(await contentOf(ocid)).toMatchObject({ status: 409, body: { code: "IncorrectState" } });
    bench.clock.advance(CAPTURE_MS / 2);
    expect(await stateOf(ocid)).toBe("GETTING-HISTORY");
    bench.clock.advance(CAPTURE_MS / 2);
    expect(await stateOf(ocid)).toBe("SUCCEEDED");
  });

  it("has a plausible text where there is no machine, and OCI gives it as text", async () => {
    const ocid = await capture();
    bench.clock.advance(CAPTURE_MS);
    const { status, headers, body } = await contentOf(ocid);
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain"]);
    expect(headers.get("opc-bytes-remaining")).toBe("0");
    expect(body).toMatch(/Linux version [\s\S]*Hostname set to <n1>[\s\S]*n1 login: /);
  });

  it("is more than this SDK can read, which takes every answer for JSON", async () => {
    const ocid = await capture();
    bench.clock.advance(CAPTURE_MS);
    const reading = bench.compute.getConsoleHistoryContent({ instanceConsoleHistoryId: ocid });
    await expect(reading).rejects.toThrow(SyntaxError);
  });

  it("comes in parts, with the number of bytes that remain, and is the last megabyte", async () => {
    const machine = Buffer.from("x".repeat(100) + "0123456789abcdef".repeat(65_536));
    bench.cloud.consoles.readFrom((ocid) => (ocid === instanceId ? machine : undefined));
    const ocid = await capture();
    bench.clock.advance(CAPTURE_MS);
    const first = await contentOf(ocid);
    expect(first.body).toHaveLength(10_240);
    expect(first.headers.get("opc-bytes-remaining")).toBe(String(1024 * 1024 - 10_240));
    const second = await contentOf(ocid, "?offset=10241&length=20480");
    expect(second.body).toHaveLength(20_480);
    expect(second.body).toMatch(/^123/);
    const tooSmall = await contentOf(ocid, "?length=100");
    expect(tooSmall).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  });

  it("is listed by instance and state, newest first, until it is deleted", async () => {
    const { compartmentId } = bench;
    const ocids = [await capture(), await capture()];
    const other = (await bench.launch("n2")).instance.id;
    const list = async (more: { instanceId?: string; lifecycleState?: string }) =>
      (await bench.compute.listConsoleHistories({ compartmentId, ...more })).items.map(
        ({ id }) => id,
      );
    expect(await list({ instanceId })).toEqual(ocids.toReversed());
    expect(await list({ instanceId: other })).toEqual([]);
    expect(await list({ lifecycleState: "succeeded" })).toEqual([]);
    await bench.compute.deleteConsoleHistory({ instanceConsoleHistoryId: ocids[0] ?? "" });
    expect(await list({})).toEqual([ocids[1]]);
    expect(await refusalOf(stateOf(ocids[0] ?? ""))).toMatchObject({ status: 404 });
  });

  it("cannot be had of an instance that is TERMINATED", async () => {
    await bench.compute.terminateInstance({ instanceId });
    bench.clock.advance(60_000);
    expect(await refusalOf(capture())).toMatchObject({ status: 404 });
  });

  it("of a machine that boots nothing is the firmware's", async () => {
    const { instance } = await bench.launch("n3", undefined, {
      shape: "VM.SandboxNoBoot.1",
      shapeConfig: undefined,
    });
    instanceId = instance.id;
    bench.clock.advance(5000);
    const ocid = await capture();
    bench.clock.advance(CAPTURE_MS);
    expect((await contentOf(ocid)).body).toMatch(/No bootable option or device was found/);
  });
});
