import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { CallLog } from "./call-log.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import type { CloudInstance } from "./cloud-event.ts";
import type { DoorAnswer } from "./door.ts";
import { FaultRules } from "./fault-rules.ts";
import { InstanceIdentities } from "./instance-identities.ts";
import { addManagementInstance } from "./management-instance.ts";
import { MetadataDoor } from "./metadata-door.ts";
import { testCloud } from "./test-bench.ts";

const AUTHORIZED = { authorization: "Bearer Oracle" };

describe("the metadata service", () => {
  const { cloud, clock } = testCloud();
  const { region } = cloud;
  const calls = new CallLog(100);
  const faults = new FaultRules();
  let instance: CloudInstance;
  let door: MetadataDoor;
  beforeAll(async () => {
    const [subnet] = region.subnets;
    if (subnet === undefined) throw new Error("the region has no subnet");
    instance = addManagementInstance(cloud, subnet, "clustera");
    const authority = await CertificateAuthority.create(region.name, clock.now());
    door = new MetadataDoor({
      region,
      identities: new InstanceIdentities(authority, region.tenancyOcid, clock),
      instanceAt: (address) => (address === instance.privateIp ? instance : undefined),
      ...{ clock, faults, calls },
    });
  });

  const ask = async (
    url: string,
    headers: Record<string, string> = AUTHORIZED,
    remoteAddress = instance.privateIp,
  ): Promise<{ status: number; body: string }> => {
    const request = { method: "GET", url, headers, body: Buffer.alloc(0), remoteAddress };
    return answered((await door.answer(request)).answer);
  };

  it("tells an instance about itself, as a whole and by single values", async () => {
    const whole = JSON.parse((await ask("/opc/v2/instance/")).body) as object;
    expect(whole).toMatchObject({
      id: instance.instanceOcid,
      region: "phx",
      canonicalRegionName: "us-phoenix-1",
      freeformTags: { cluster: "clustera" },
    });
    expect(await ask("/opc/v2/instance/id")).toEqual({ status: 200, body: instance.instanceOcid });
    expect((await ask("/opc/v2/instance/freeformTags/type")).body).toBe("mgmt");
    expect((await ask("/opc/v2/vnics/0/privateIp")).body).toBe(instance.privateIp);
    expect((await ask("/opc/v2/instance/nothing")).status).toBe(404);
  });

  it("hands out one identity, whose certificate names instance and tenancy", async () => {
    const [first, second] = await Promise.all([
      ask("/opc/v2/identity/cert.pem"),
      ask("/opc/v2/identity/cert.pem"),
    ]);
    expect(first).toEqual(second);
    const { subject } = new X509Certificate(first.body);
    expect(subject).toContain(`OU=opc-instance:${instance.instanceOcid}`);
    expect(subject).toContain(`OU=opc-tenant:${region.tenancyOcid}`);
    expect((await ask("/opc/v2/identity/key.pem")).body).toMatch(/PRIVATE KEY/);
    expect((await ask("/opc/v2/identity/intermediate.pem")).body).toMatch(/CERTIFICATE/);
    expect((await ask("/opc/v2/identity/")).status).toBe(404);
  });

  it("renews the certificate when half its life is over", async () => {
    const first = await ask("/opc/v2/identity/cert.pem");
    clock.advance(7 * 3_600_000);
    expect(await ask("/opc/v2/identity/cert.pem")).not.toEqual(first);
  });

  it.each([{}, { authorization: "Bearer Someone" }, { authorization: "Basic Oracle" }])(
    "answers 401 without its own Authorization header: %o",
    async (headers) => {
      expect((await ask("/opc/v2/identity/key.pem", headers)).status).toBe(401);
      expect((await ask("/opc/v2/instance/", headers)).status).toBe(401);
    },
  );

  it("refuses what was forwarded, version 1, and callers that are no instance", async () => {
    const forwarded = { ...AUTHORIZED, "x-forwarded-for": "10.0.0.9" };
    expect((await ask("/opc/v2/instance/", forwarded)).status).toBe(403);
    expect((await ask("/opc/v1/instance/")).status).toBe(404);
    expect((await ask("/opc/v2/instance/", AUTHORIZED, "10.0.0.99")).status).toBe(404);
  });

  it("fails on request, and everything is in the log", async () => {
    faults.add({
      operation: "GetMetadata",
      times: 1,
      answer: { kind: "error", status: 429, code: "TooManyRequests", message: "slow down" },
    });
    expect((await ask("/opc/v2/instance/id")).status).toBe(429);
    expect((await ask("/opc/v2/instance/id")).status).toBe(200);
    expect(calls.since(0).slice(-2)).toMatchObject([
      { operation: "GetMetadata", status: 429, fault: "error" },
      { operation: "GetMetadata", status: 200, instanceOcid: instance.instanceOcid },
    ]);
  });
});

function answered(answer: DoorAnswer): { status: number; body: string } {
  if (answer.kind !== "answer") throw new Error(`not answered: ${answer.kind}`);
  return { status: answer.status, body: answer.body };
}
