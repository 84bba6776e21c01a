import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallEntry } from "./call-log.ts";
import { nodeBody, startTestBench, type RawAnswer, type TestBench } from "./test-bench.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench(
    { bootMs: 1000, terminateMs: 1000 },
    {
      controlRoutes: [
        {
          method: "POST",
          path: "/control/exec/{node}",
          handle: ({ params, body }) => ({ status: 200, body: { params, body } }),
        },
      ],
    },
  );
});
afterEach(async () => {
  await bench.close();
});

function launch(name: string, changes: Record<string, unknown> = {}): Promise<RawAnswer> {
  return bench.call({
    method: "POST",
    path: "instances",
    body: nodeBody(bench.region, name, changes),
    headers: { "opc-retry-token": `token-${name}` },
  });
}

async function addFault(rule: object): Promise<void> {
  expect((await bench.control("POST", "/control/faults", rule)).status).toBe(200);
}

const error = { kind: "error", status: 503, code: "ServiceUnavailable", message: "later" } as const;

describe("the log of calls", () => {
  it("tells in order what was asked and answered", async () => {
    await launch("n1");
    await launch("n2", { shape: "VM.Nope" });
    const { body } = await bench.control("GET", "/control/calls");
    const instanceOcid = [...bench.cloud.records][0]?.instanceOcid;
    expect(body).toMatchObject([
      {
        ...{
          sequence: 1,
          operation: "LaunchInstance",
          method: "POST",
          path: "/20160918/instances",
        },
        ...{ status: 200, code: null, retryToken: "token-n1", instanceOcid, hostnameLabel: "n1" },
        ...{ displayName: "n1", shape: "VM.Standard.E4.Flex" },
      },
      {
        sequence: 2,
        status: 404,
        code: "NotAuthorizedOrNotFound",
        displayName: "n2",
        instanceOcid: null,
      },
    ]);
  });

  it("gives only what is newer than a sequence number", async () => {
    await launch("n1");
    await launch("n2");
    const { body } = await bench.control("GET", "/control/calls?since=1");
    expect((body as CallEntry[]).map((entry) => entry.displayName)).toEqual(["n2"]);
    expect((await bench.control("GET", "/control/calls?since=x")).status).toBe(400);
  });

  it("keeps the newest calls only", async () => {
    await bench.close();
    bench = await startTestBench({}, { callCountMax: 3 });
    for (const name of ["n1", "n2", "n3", "n4", "n5", "n6", "n7"]) await launch(name);
    expect(bench.server.calls.since(0).map((entry) => entry.displayName)).toEqual([
      "n5",
      "n6",
      "n7",
    ]);
  });
});

describe("instances", () => {
  it("can be looked at, and be stopped, failed and terminated behind OCI's back", async () => {
    await launch("n1");
    const { body } = await bench.control("GET", "/control/instances");
    expect(body).toMatchObject([
      { displayName: "n1", privateIp: "10.0.0.2", lifecycleState: "PROVISIONING" },
    ]);
    const [{ instanceOcid }] = body as [{ instanceOcid: string }];
    const act = (action: string) =>
      bench.control("POST", `/control/instances/${instanceOcid}/actions`, { action });
    bench.clock.advance(1000);
    expect((await act("fail")).body).toMatchObject({ lifecycleState: "STOPPED" });
    expect((await act("stop")).status).toBe(409);
    expect((await act("start")).body).toMatchObject({ lifecycleState: "STARTING" });
    expect((await act("terminate")).body).toMatchObject({ lifecycleState: "TERMINATING" });
    expect((await act("explode")).status).toBe(400);
  });
});

describe("faults", () => {
  it("strike the named operation as often as said", async () => {
    await addFault({
      operation: "LaunchInstance",
      times: 2,
      answer: { ...error, retryAfterSeconds: 3 },
    });
    const path = `availabilityDomains?compartmentId=${bench.region.tenancyOcid}`;
    expect((await bench.call({ path })).status).toBe(200);
    const first = await launch("n1");
    expect(first).toMatchObject({
      status: 503,
      body: { code: "ServiceUnavailable", message: "later" },
    });
    expect(first.headers.get("retry-after")).toBe("3");
    const rest = [await launch("n1"), await launch("n1")];
    expect(rest.map((answer) => answer.status)).toEqual([503, 200]);
  });

  it("strike only what matches, and only the nth of it", async () => {
    const match = { displayName: "n2", shape: "VM.Standard.E4.Flex" };
    await addFault({ operation: "LaunchInstance", match, nth: 2, answer: error });
    const names = ["n1", "n2", "n1", "n2", "n2"];
    const statuses: number[] = [];
    for (const name of names) statuses.push((await launch(name)).status);
    expect(statuses).toEqual([200, 200, 200, 503, 200]);
  });

  it("strike by chance, the same way for the same seed", async () => {
    const outcome = async (seed: number) => {
      await bench.control("DELETE", "/control/faults");
      await addFault({ operation: "*", probability: 0.5, seed, answer: error });
      const statuses: number[] = [];
      for (let index = 0; index < 20; index += 1) statuses.push((await launch("n1")).status);
      return statuses;
    };
    const first = await outcome(7);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await outcome(7)).toEqual(first);
    expect(await outcome(8)).not.toEqual(first);
  });

  it("reset-before: nothing was launched", async () => {
    await addFault({ operation: "LaunchInstance", times: 1, answer: { kind: "reset-before" } });
    await expect(launch("n1")).rejects.toThrow("fetch failed");
    expect([...bench.cloud.records]).toHaveLength(0);
  });

  it("reset-after: it was launched, and the retry token finds it again", async () => {
    await addFault({ operation: "LaunchInstance", times: 1, answer: { kind: "reset-after" } });
    await expect(launch("n1")).rejects.toThrow("fetch failed");
    const again = await launch("n1");
    expect(again.body).toMatchObject({ id: [...bench.cloud.records][0]?.instanceOcid });
    expect([...bench.cloud.records]).toHaveLength(1);
    expect(bench.server.calls.since(0)[0]).toMatchObject({ status: null, fault: "reset-after" });
  });

  it("hang: no answer, and the server can still be closed", async () => {
    await addFault({ operation: "LaunchInstance", answer: { kind: "hang" } });
    const hanging = launch("n1");
    const assertion = expect(hanging).rejects.toThrow("fetch failed");
    await expect.poll(() => bench.server.calls.since(0)[0]?.fault).toBe("hang");
    await bench.server.close();
    await assertion;
    bench = await startTestBench();
  });

  it("delay: the answer comes late", async () => {
    await addFault({ operation: "LaunchInstance", answer: { kind: "delay", delayMs: 100 } });
    const startedMs = performance.now();
    expect((await launch("n1")).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(99);
  });

  it("async-failure: accepted, and TERMINATED when it should have booted", async () => {
    await addFault({ operation: "LaunchInstance", answer: { kind: "async-failure" } });
    expect(await launch("n1")).toMatchObject({
      status: 200,
      body: { lifecycleState: "PROVISIONING" },
    });
    bench.clock.advance(1000);
    bench.cloud.advance();
    expect([...bench.cloud.records][0]?.lifecycleState).toBe("TERMINATED");
  });

  it("raw: somebody in between answers with a page of HTML", async () => {
    const answer = { kind: "raw", status: 502, body: "<html>bad gateway</html>" };
    await addFault({ operation: "*", answer });
    expect(await launch("n1")).toMatchObject({ status: 502, body: "<html>bad gateway</html>" });
  });

  it.each([
    [{}, /operation/],
    [{ operation: "*" }, /answer/],
    [{ operation: "*", answer: { kind: "explode" } }, /explode/],
    [{ operation: "*", answer: { kind: "error", code: "X" } }, /answer\.status/],
    [{ operation: "*", probability: 2, answer: error }, /probability 2/],
    [{ operation: "*", when: "now", answer: error }, /"when"/],
    [{ operation: "LaunchInstances", answer: error }, /LaunchInstances/],
  ])("that make no sense are refused: %j", async (rule, message) => {
    const answer = await bench.control("POST", "/control/faults", rule);
    expect(answer.status).toBe(400);
    expect((answer.body as { message: string }).message).toMatch(message);
  });
});

describe("limits", () => {
  it("are set for a shape in an availability domain", async () => {
    const [availabilityDomain] = bench.region.availabilityDomains;
    const limit = { shape: "VM.Standard.E4.Flex", availabilityDomain, countMax: 1 };
    expect((await bench.control("POST", "/control/limits", limit)).status).toBe(200);
    await launch("n1");
    expect((await launch("n2")).body).toMatchObject({ code: "LimitExceeded" });
    await bench.control("DELETE", "/control/limits");
    expect((await launch("n2")).status).toBe(200);
  });

  it("for what is not offered are refused", async () => {
    const limit = { shape: "VM.Nope", availabilityDomain: "x", countMax: 1 };
    expect((await bench.control("POST", "/control/limits", limit)).status).toBe(400);
  });
});

describe("the control door", () => {
  it("has room for the routes of others", async () => {
    const answer = await bench.control("POST", "/control/exec/n1", { command: ["true"] });
    expect(answer.body).toEqual({ params: { node: "n1" }, body: { command: ["true"] } });
  });

  it("refuses a body that is not declared as JSON, so that no web page gets in", async () => {
    const answer = await fetch(`${bench.server.url}/control/faults`, {
      method: "POST",
      body: "{}",
    });
    expect(answer.status).toBe(400);
  });

  it("names its routes when asked for another", async () => {
    const answer = await bench.control("GET", "/control/nothing");
    expect(answer.status).toBe(404);
    expect((answer.body as { message: string }).message).toContain("GET /control/calls");
  });
});

describe("rate limits", () => {
  const bucket = { kind: "token-bucket", ratePerSecond: 0.001, burst: 2 };

  it("replaces the limits while the server runs, with a full allowance for everybody", async () => {
    for (const name of ["n1", "n2", "n3"]) expect((await launch(name)).status).toBe(200);
    const answer = await bench.control("POST", "/control/rate-limits", { writes: bucket });
    expect(answer.status).toBe(200);
    const statuses = [];
    for (const name of ["n4", "n5", "n6"]) statuses.push((await launch(name)).status);
    expect(statuses).toEqual([200, 200, 429]);
    await bench.control("POST", "/control/rate-limits", {});
    expect((await launch("n6")).status).toBe(200);
  });

  it.each([
    [{ all: { ...bucket, burst: 0 } }, "all.burst 0 is out of range: write 1 to 1000000"],
    [{ all: { ...bucket, kind: "leaky" } }, "all.kind leaky is unknown"],
    [{ some: bucket }, "some"],
    [{ reads: { kind: "fixed-window", count: 1 } }, "reads.windowMs"],
  ])("refuses %j and names the field", async (body, text) => {
    const answer = await bench.control("POST", "/control/rate-limits", body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(text);
  });
});
