import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { startApiServer } from "./api-server.ts";
import { launchBody, startTestBench, testCloud, type TestBench } from "./test-bench.ts";

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

describe("work requests", () => {
  const workPath = (ocid: string) => `workRequests/${ocid}`;

  it("fail together with the launch, and say why", async () => {
    const { opcWorkRequestId } = await launch("n1", undefined, {
      shape: "VM.SandboxAsyncFail.1",
      shapeConfig: undefined,
    });
    const before = await bench.call({ path: workPath(opcWorkRequestId) });
    expect(before.body).toMatchObject({ status: "IN_PROGRESS", percentComplete: 0 });
    bench.clock.advance(5000);
    const after = await bench.call({ path: workPath(opcWorkRequestId) });
    expect(after.body).toMatchObject({ status: "FAILED", operationType: "LaunchInstance" });
    const errors = await bench.call({ path: `${workPath(opcWorkRequestId)}/errors` });
    expect(errors.body).toMatchObject([{ message: "Out of host capacity." }]);
  });
});

describe("delays", () => {
  it("of an address: nothing is listed, and the attachment is ATTACHING, until it is there", async () => {
    await bench.close();
    bench = await startTestBench({ vnicDelayMs: 2000 });
    const { instance } = await launch("n1");
    const attachment = async () => {
      const { items } = await bench.compute.listVnicAttachments({
        compartmentId,
        instanceId: instance.id,
      });
      return items[0];
    };
    expect((await bench.network.listPrivateIps({ subnetId })).items).toEqual([]);
    expect(await attachment()).toMatchObject({ lifecycleState: "ATTACHING", vnicId: null });
    bench.clock.advance(2000);
    expect((await bench.network.listPrivateIps({ subnetId })).items).toHaveLength(1);
    expect((await attachment())?.lifecycleState).toBe("ATTACHED");
  });

  it("of lists: GetInstance knows the instance before ListInstances does", async () => {
    await bench.close();
    bench = await startTestBench({ listDelayMs: 1000 });
    const { instance } = await launch("n1");
    expect((await bench.compute.listInstances({ compartmentId })).items).toEqual([]);
    expect((await bench.compute.getInstance({ instanceId: instance.id })).instance.id).toBe(
      instance.id,
    );
    bench.clock.advance(1000);
    expect((await bench.compute.listInstances({ compartmentId })).items).toHaveLength(1);
  });

  it("of answers: the launch happens when it arrives", async () => {
    await bench.close();
    bench = await startTestBench({}, { latency: { launchMs: 1_000 } });
    let isAnswered = false;
    const launching = launch("n1").then(() => {
      isAnswered = true;
    });
    await expect.poll(() => [...bench.cloud.records].length, { interval: 5 }).toBe(1);
    expect(isAnswered).toBe(false);
    await launching;
    // A timer may be a millisecond early by this clock.
    expect(bench.server.calls.since(0)[0]?.durationMs).toBeGreaterThanOrEqual(999);
  });
});

describe("the wire", () => {
  it.each([
    ["GET", "instances", "MissingParameter", /compartmentId/],
    ["GET", "instances?compartmentId=C&name=x", "InvalidParameter", /name/],
    ["GET", "instances?compartmentId=C&limit=0", "InvalidParameter", /limit/],
    ["GET", "instances?compartmentId=C&limit=1001", "InvalidParameter", /limit/],
    ["GET", "instances?compartmentId=C&page=nonsense", "InvalidParameter", /page/],
    ["GET", "instances?compartmentId=C&sortBy=SHAPE", "InvalidParameter", /SHAPE/],
    ["GET", "privateIps", "InvalidParameter", /subnetId/],
    ["GET", "shapes?compartmentId=C&availabilityDomain=X", "InvalidParameter", /X/],
    ["POST", "instances/I?action=REBOOTDIAGNOSTIC", "InvalidParameter", /REBOOTDIAGNOSTIC/],
    ["POST", "instances", "MissingParameter", /LaunchInstanceDetails/],
  ] as const)("refuses %s %s with 400 %s", async (method, path, code, message) => {
    const { instance } = await launch("n1");
    const real = path.replace("=C", `=${compartmentId}`).replace("/I", `/${instance.id}`);
    const answer = await bench.call({ method, path: real });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ code, message: expect.stringMatching(message) as unknown });
  });

  it("refuses a body that is not JSON", async () => {
    const answer = await bench.call({ method: "POST", path: "instances", body: "{" });
    expect(answer).toMatchObject({ status: 400, body: { code: "CannotParseRequest" } });
  });

  it("refuses an operation that does not exist with 404 NotFound", async () => {
    const answer = await bench.call({ path: "instancePools?compartmentId=x" });
    expect(answer).toMatchObject({ status: 404, body: { code: "NotFound" } });
  });

  it("refuses a body of more than a megabyte and stays alive", async () => {
    const body = JSON.stringify({ metadata: { a: "x".repeat(1024 * 1024) } });
    const answer = await bench.call({ method: "POST", path: "instances", body });
    expect(answer.status).toBe(413);
    expect((await launch("n1")).instance.displayName).toBe("n1");
  });

  it("repeats the client's part of opc-request-id", async () => {
    const path = `instances?compartmentId=${compartmentId}`;
    const answer = await bench.call({ path, headers: { "opc-request-id": "MINE" } });
    expect(answer.headers.get("opc-request-id")).toMatch(/^MINE\/[0-9A-F]{32}\/[0-9A-F]{32}$/);
  });

  it("accepts the deprecated fields at the top of the body", async () => {
    const body = launchBody(bench.region, {
      createVnicDetails: undefined,
      sourceDetails: undefined,
      subnetId,
      hostnameLabel: "old",
      imageId: bench.region.images[0]?.ocid,
    });
    const answer = await bench.call({ method: "POST", path: "instances", body });
    expect(answer.status).toBe(200);
    expect((await bench.network.listPrivateIps({ subnetId })).items[0]?.hostnameLabel).toBe("old");
  });
});

describe("the server", () => {
  it("lets time pass when nobody calls", async () => {
    const { instance } = await launch("n1");
    bench.clock.advance(5000);
    await expect.poll(() => bench.cloud.find(instance.id)?.lifecycleState).toBe("RUNNING");
  });

  it("answers on a unix socket, too, and there alone on the control API when told so", async () => {
    const directory = await mkdtemp(join(tmpdir(), "oci-api-"));
    const socketPath = join(directory, "api.sock");
    const { cloud } = testCloud();
    const controlDoor = "socket";
    const server = await startApiServer({ cloud, clock: systemClock, socketPath, controlDoor });
    try {
      expect(await statusOnSocket(socketPath, "/control/calls")).toBe(200);
      expect(await statusOnSocket(socketPath, "/20160918/shapes")).toBe(401);
      expect((await fetch(`${server.url}/control/calls`)).status).toBe(401);
    } finally {
      await server.close();
      await rm(directory, { recursive: true });
    }
  });

  it("says when its port is taken", async () => {
    const { cloud } = testCloud();
    const port = Number(new URL(bench.server.url).port);
    const second = startApiServer({ cloud, clock: systemClock, port });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

async function statusOnSocket(socketPath: string, path: string): Promise<number | undefined> {
  const sent = request({ socketPath, path });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
