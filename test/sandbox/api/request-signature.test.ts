import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCredentials } from "./credentials.ts";
import { type RawCall, type SignedCall } from "./signed-call.ts";
import { nodeBody, startTestBench, type TestBench } from "./test-bench.ts";

describe("request signatures", () => {
  let bench: TestBench;
  beforeAll(async () => {
    bench = await startTestBench();
  });
  afterAll(async () => {
    await bench.close();
  });

  const path = "availabilityDomains?compartmentId=";
  const list = (changes: Partial<RawCall>) =>
    bench.call({ path: `${path}${bench.region.tenancyOcid}`, ...changes });
  const launch = (changes: Partial<RawCall>) =>
    bench.call({
      method: "POST",
      path: "instances",
      body: nodeBody(bench.region, "a"),
      ...changes,
    });
  const withHeader = (name: string, change: (value: string) => string) => (signed: SignedCall) => ({
    ...signed,
    headers: { ...signed.headers, [name]: change(signed.headers[name] ?? "") },
  });

  it("let a registered key in", async () => {
    const answer = await list({});
    expect(answer.status).toBe(200);
    expect(answer.headers.get("opc-request-id")).toMatch(/^\w+\/\w+\/\w+$/);
  });

  it.each<[string, Partial<RawCall>]>([
    [
      "there is none",
      {
        tamper: ({ headers: { authorization: _, ...headers }, ...call }) => ({ ...call, headers }),
      },
    ],
    ["it is another scheme", { tamper: withHeader("authorization", () => "Bearer token") }],
    ["the path was changed", { tamper: (signed) => ({ ...signed, url: `${signed.url}&x=1` }) }],
    ["the method was changed", { tamper: (signed) => ({ ...signed, method: "DELETE" }) }],
    [
      "it is of another version",
      { tamper: withHeader("authorization", (text) => text.replace('version="1"', 'version="2"')) },
    ],
    [
      "it leaves out the host",
      { tamper: withHeader("authorization", (text) => text.replace(" host", "")) },
    ],
    ["the key is not registered", { credentials: createCredentials("ocid1.tenancy.oc1..other") }],
  ])("are refused when %s", async (_what, changes) => {
    const answer = await list(changes);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      code: "NotAuthenticated",
      message:
        "The required information to complete authentication was not provided or was incorrect.",
    });
    expect(answer.headers.get("opc-request-id")).not.toBeNull();
  });

  it("are refused when an unknown key claims to be a registered one", async () => {
    const stranger = createCredentials("ocid1.tenancy.oc1..other");
    const keyId = bench.region.apiKeys[0]?.keyId ?? "";
    expect((await list({ credentials: { ...stranger, keyId } })).status).toBe(401);
  });

  it("are refused beyond five minutes of clock skew, saying so", async () => {
    for (const [minutes, status] of [
      [4, 200],
      [-4, 200],
      [6, 401],
      [-6, 401],
    ] as const) {
      const answer = await list({ date: new Date(Date.now() + minutes * 60_000) });
      expect(answer.status).toBe(status);
      if (status === 401) {
        expect(answer.body).toMatchObject({
          message: expect.stringContaining("clock skew") as unknown,
        });
      }
    }
  });

  it("are refused when the body is not the one that was signed, and nothing is launched", async () => {
    const body = JSON.stringify(nodeBody(bench.region, "b"));
    const answer = await launch({ tamper: (signed) => ({ ...signed, body: body }) });
    expect(answer.status).toBe(401);
    expect([...bench.cloud.records]).toHaveLength(0);
  });

  it("are refused when the body's hash was not signed", async () => {
    const tamper = withHeader("authorization", (text) => text.replace(" x-content-sha256", ""));
    expect((await launch({ tamper })).status).toBe(401);
  });

  it("are logged when refused, too", async () => {
    await list({ tamper: withHeader("authorization", () => "") });
    expect(bench.server.calls.since(0).at(-1)).toMatchObject({
      operation: "ListAvailabilityDomains",
      status: 401,
      code: "NotAuthenticated",
    });
  });
});
