import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cloudChecks } from "../../../../nodectl/commands/doctor/cloud-checks.ts";
import type { Cloud } from "../../../../nodectl/commands/doctor/doctor-context.ts";
import { OciCallError } from "../../../../nodectl/oci/oci-errors.ts";
import type { OciFailure } from "../../../../nodectl/oci/provider.ts";
import { CORES, DoctorRig, findingsOf } from "./doctor-rig.ts";

let rig: DoctorRig;

beforeEach(() => {
  rig = new DoctorRig();
});
afterEach(() => {
  rig.end();
});

function found(...ids: readonly string[]) {
  return findingsOf(cloudChecks(rig.context()), ...ids);
}

function withCloud(cloud: Partial<Cloud>): void {
  rig.opening = { kind: "open", cloud: { ...rig.cloud(), ...cloud } };
}

function refused(operation: string, failure: Partial<OciFailure> = {}): () => Promise<never> {
  const message = "Authorization failed or requested resource not found.";
  const known = {
    class: "auth",
    operation,
    status: 404,
    code: "NotAuthorizedOrNotFound",
    message,
  } as const;
  return () => Promise.reject(new OciCallError({ ...known, ...failure }));
}

function nodesFile(shape: string): void {
  const specification = { shape, availabilityDomains: ["Uocm:PHX-AD-1"] };
  const groups = [{ names: "a-[0001-0002]", specification }];
  const file = { version: 1, generation: "0123456789ab", clusterId: "lab", groups };
  rig.write("shared/nodes.json", JSON.stringify(file));
}

describe("cloudChecks()", () => {
  it("find nothing wrong where OCI allows everything", async () => {
    rig.instances.add({ nodeName: "a-0001" });
    nodesFile("VM.Standard2.1");
    const all = [
      "credentials",
      "instances",
      "addresses",
      "domains",
      "shapes",
      "images",
      "subnet",
      "limits",
      "volumes",
      "launch",
      "vnics",
    ];
    const findings = await found(...all);
    expect(findings.filter(({ kind }) => kind !== "ok")).toEqual([]);
    expect(findings.at(-1)).toMatchObject({ seen: "allowed; a-0001 has 10.0.1.7" });
  });

  it("say what is seen of the clocks, and that nobody answers", async () => {
    expect(await found("clock")).toMatchObject([
      { kind: "wrong", seen: "no answer from OCI: not asked" },
    ]);
    const sample = { serviceMs: 0, beforeMs: 400_000, afterMs: 400_000 };
    rig.changes = { serviceTime: () => Promise.resolve({ kind: "answered", sample }) };
    expect(await found("clock")).toMatchObject([
      { kind: "wrong", seen: "is 399 s ahead of OCI's" },
    ]);
  });

  it("resolve the machine's own name and OCI's", async () => {
    expect(await found("names")).toMatchObject([
      { kind: "ok", seen: "mgmt is 10.0.0.2" },
      { kind: "skipped" },
    ]);
    rig.changes = { serviceHost: () => Promise.resolve("iaas.us-phoenix-1.oraclecloud.com") };
    expect(await found("names")).toMatchObject([{ kind: "ok" }, { kind: "ok" }]);
    rig.machine = { ...rig.machine, addressesOf: () => Promise.resolve([]) };
    expect(await found("names")).toMatchObject([
      { kind: "wrong", fix: expect.stringContaining("/etc/hosts") as string },
      { kind: "wrong", fix: expect.stringMatching(/^correct region/) as string },
    ]);
  });

  it("say why there are no credentials, and what to do, without repeating it", async () => {
    const message =
      "no credentials: File does not exist at /x. For more, see elsewhere; check oci_config";
    rig.opening = { kind: "refused", message };
    expect(await found("credentials")).toEqual([
      { kind: "wrong", seen: "File does not exist at /x", fix: "check oci_config" },
    ]);
    rig.opening = { kind: "refused", message: "no credentials: the service refuses: 401" };
    expect(await found("credentials")).toMatchObject([
      { kind: "wrong", fix: expect.stringContaining("dynamic group") as string },
    ]);
  });

  it("name the policy and the setting when OCI does not let us look", async () => {
    withCloud({ instances: { listInstances: refused("ListInstances") } });
    expect(await found("credentials", "instances")).toMatchObject([
      { kind: "ok" },
      {
        kind: "wrong",
        seen: expect.stringMatching(/^ListInstances: 404 NotAuthorizedOrNotFound/) as string,
        fix: expect.stringMatching(
          /^allow dynamic-group GROUP to read instance-family .* compartment_id/,
        ) as string,
      },
    ]);
  });

  it.each([
    ["config", 400, /^correct subnet_id/],
    ["transport", undefined, /route to OCI/],
    ["auth", 401, /^see Clock/],
    ["throttled", 429, /again in a minute/],
  ] as const)("advise otherwise on other refusals: %s", async (failureClass, status, fix) => {
    const operation = "ListPrivateIps";
    const silent = { class: failureClass, operation, message: "fetch failed" };
    const listPrivateAddresses =
      status === undefined
        ? () => Promise.reject(new OciCallError(silent))
        : refused(operation, { class: failureClass, status });
    withCloud({ addressBook: { listPrivateAddresses } });
    expect((await found("credentials", "addresses"))[1]).toMatchObject({
      kind: "wrong",
      fix: expect.stringMatching(fix) as string,
    });
  });

  it("find an ad_root that no availability domain begins with, and write the right one", async () => {
    rig.domains = ["kWVD:PHX-AD-1"];
    expect((await found("credentials", "domains"))[1]).toEqual({
      kind: "wrong",
      seen: "ad_root is Uocm:PHX-AD-, and the region has kWVD:PHX-AD-1",
      fix: 'write ad_root: "kWVD:PHX-AD-" in startnode.yaml',
    });
  });

  it("find an image that does not fit a shape of nodes.json", async () => {
    nodesFile("VM.Standard.A1.Flex");
    expect((await found("credentials", "images"))[1]).toMatchObject({
      kind: "wrong",
      seen: "image …x.aaaa does not run on VM.Standard.A1.Flex (a-[0001-0002])",
    });
    rig.imageShapes = undefined;
    expect((await found("credentials", "images"))[1]).toMatchObject({
      kind: "wrong",
      seen: expect.stringMatching(/^OCI knows no image/) as string,
    });
  });

  it("find a subnet that is full, nearly so, or not to be seen", async () => {
    nodesFile("VM.Standard2.1");
    expect((await found("credentials", "subnet"))[1]).toMatchObject({ kind: "ok" });
    const { subnet } = rig;
    if (subnet === undefined) throw new Error("the rig's subnet");
    rig.subnet = { ...subnet, addressesUsed: 12 };
    expect((await found("credentials", "subnet"))[1]).toMatchObject({ kind: "warning" });
    rig.instances.add({ nodeName: "a-0002" });
    expect((await found("credentials", "subnet"))[1]).toMatchObject({ kind: "ok" });
    rig.subnet = { ...subnet, addressesUsed: 13 };
    expect((await found("credentials", "subnet"))[1]).toMatchObject({ kind: "wrong" });
    rig.subnet = undefined;
    expect((await found("credentials", "subnet"))[1]).toMatchObject({
      kind: "wrong",
      fix: expect.stringMatching(/virtual-network-family .* subnet_id/) as string,
    });
  });

  it("find a service limit that does not let the nodes run", async () => {
    expect((await found("credentials", "limits"))[1]).toMatchObject({ kind: "skipped" });
    nodesFile("VM.Standard2.1");
    expect((await found("credentials", "limits"))[1]).toMatchObject({ kind: "ok" });
    rig.limitOf = () => ({ kind: "known", used: 9, available: 1 });
    expect((await found("credentials", "limits"))[1]).toMatchObject({
      kind: "warning",
      seen: `${CORES}: 1 OCPUs left in Uocm:PHX-AD-1, and the nodes that are off take 2`,
    });
    rig.limitOf = () => ({ kind: "known", used: 10, available: 0 });
    expect((await found("credentials", "limits"))[1]).toMatchObject({ kind: "wrong" });
  });

  it("warn of a disk that a node left behind", async () => {
    nodesFile("VM.Standard2.1");
    expect((await found("credentials", "volumes"))[1]).toMatchObject({ kind: "ok" });
    const volume = { bootVolumeOcid: "v-1", displayName: "a-0001 (Boot Volume)", sizeGib: 47 };
    const place = { availabilityDomain: "Uocm:PHX-AD-1", timeCreatedMs: -3_600_000 };
    rig.volumes = [{ ...volume, ...place, instanceName: "a-0001" }];
    expect((await found("credentials", "volumes"))[1]).toMatchObject({
      kind: "warning",
      fix: expect.stringContaining("boot-volume delete --boot-volume-id v-1") as string,
    });
  });

  it("name the policy when OCI tells no limit", async () => {
    nodesFile("VM.Standard2.1");
    rig.limitOf = () => ({ kind: "not-told" });
    expect((await found("credentials", "limits"))[1]).toMatchObject({
      kind: "skipped",
      reason: expect.stringContaining("read resource-availability in tenancy") as string,
    });
  });

  it("claim no permission that only doing it would show", async () => {
    expect(await found("credentials", "launch", "vnics", "terminate")).toMatchObject([
      { kind: "ok" },
      {
        kind: "skipped",
        reason: expect.stringMatching(/^cannot be checked without doing it/) as string,
      },
      { kind: "skipped" },
      {
        kind: "skipped",
        reason: expect.stringMatching(/^cannot be checked without doing it/) as string,
      },
    ]);
  });

  it("take an instance of this cluster as a proof that launching worked", async () => {
    const timeCreatedMs = Date.parse("2026-11-25T14:02:33Z");
    rig.instances.add({ nodeName: "a-0001", lifecycleState: "TERMINATED", timeCreatedMs });
    expect((await found("credentials", "launch"))[1]).toEqual({
      kind: "ok",
      seen: "worked last at 2026-11-25T14:02Z, as the list of instances tells",
    });
  });
});
