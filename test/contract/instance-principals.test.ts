import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createClusterContext } from "../../nodectl/cli/citc/cluster-context.ts";
import { createLook } from "../../nodectl/cli/citc/status-context.ts";
import { loadConfig } from "../../nodectl/cli/load.ts";
import { silentLog } from "../nodectl/commands/silent-log.ts";
import { useRigs, type Rig } from "./rig.ts";
import { untilLaunched } from "./until-launched.ts";

const createRig = useRigs();

const HUNDRED = "vm-a-[0001-0100]";

describe("startnode as an instance principal", () => {
  it("starts 100 nodes with one token and three requests to the metadata service", async () => {
    const rig = await createRig({ principal: {} });
    const result = await rig.run("startnode", [HUNDRED]);
    expect(result, result.stderr).toMatchObject({ exitCode: 0, stdout: "" });
    expect(rig.livingNames()).toEqual(rig.names(HUNDRED));
    expect(rig.callCounts()).toMatchObject({
      LaunchInstance: 100,
      GetSecurityToken: 1,
      GetMetadata: 3,
    });
    // The log goes to stderr, and nothing else does.
    expect(result.stderr.split("\n").filter((line) => !/^(\S+ )?startnode/.test(line))).toEqual([
      "",
    ]);
  });

  it("stops them the same way", async () => {
    const rig = await createRig({ principal: {} });
    await rig.run("startnode", ["vm-a-[0001-0010]"]);
    const result = await rig.run("stopnode", ["vm-a-[0001-0010]"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.livingNames()).toEqual([]);
    expect(rig.callCounts()).toMatchObject({ GetSecurityToken: 2, GetMetadata: 6 });
  });

  it("gets one other token when OCI stops accepting the first, and loses no node", async () => {
    const rig = await createRig({ principal: {}, latency: { launchMs: 50 } });
    const child = await rig.spawn("startnode", [HUNDRED]);
    const closed = once(child, "close");
    child.stdout?.resume();
    child.stderr?.resume();
    await untilLaunched(rig, 40);
    rig.principal?.federation.revokeTokens();
    expect(await closed).toEqual([0, null]);
    expect(rig.livingNames()).toEqual(rig.names(HUNDRED));
    expect(rig.callCounts()["GetSecurityToken"]).toBe(2);
    const refused = rig.api.calls.since(0).filter(({ status }) => status === 401);
    expect(refused.length).toBeGreaterThan(0);
  });

  it("says what an instance lacks that is in no dynamic group", async () => {
    const rig = await createRig({ principal: { isInDynamicGroup: false } });
    const result = await rig.run("startnode", ["vm-a-0001"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/NotAuthorizedOrNotFound.*dynamic group/);
    expect((await rig.updates()).join("\n")).toMatch(/state=DOWN reason=startnode: /);
    expect(rig.callCounts()["GetSecurityToken"]).toBe(1);
  });

  it("says that there is no metadata service, and sets the nodes down", async () => {
    const rig = await createRig({ principal: {} });
    await rig.metadata?.close();
    const result = await rig.run("startnode", ["vm-a-[0001-0003]"], {
      settings: { run_deadline_seconds: 5 },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /no credentials: the metadata service \(http:\/\/127.*\) does not answer \(.*ECONNREFUSED.*auth: config_file/,
    );
    expect((await rig.updates())[0]).toMatch(
      /^nodename=vm-a-\S+ nodeaddr=\S+ state=DOWN reason=startnode: no credentials: the metadata service/,
    );
    expect(rig.callCounts()).toEqual({});
  });

  it("waits for a metadata service that is not ready yet, and for a busy federation service", async () => {
    const rig = await createRig({ principal: {} });
    const error = { kind: "error", code: "x", message: "later" } as const;
    const { faults } = rig.api;
    faults.add({ operation: "GetMetadata", times: 4, answer: { ...error, status: 404 } });
    faults.add({ operation: "GetMetadata", times: 1, answer: { ...error, status: 429 } });
    faults.add({ operation: "GetSecurityToken", times: 1, answer: { ...error, status: 503 } });
    const result = await rig.run("startnode", ["vm-a-0001"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(rig.callCounts()).toMatchObject({ GetMetadata: 8, GetSecurityToken: 2 });
  });

  it("ends at the run's deadline when the federation service never answers", async () => {
    const rig = await createRig({ principal: {} });
    rig.api.faults.add({ operation: "GetSecurityToken", answer: { kind: "hang" } });
    const result = await rig.run("startnode", ["vm-a-0001"], {
      // On a busy computer what comes before takes seconds.
      settings: { run_deadline_seconds: 10 },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/federation service .* does not answer/);
    expect((await rig.updates()).join("\n")).toMatch(/state=DOWN/);
  });
});

describe("citc as an instance principal", () => {
  async function configOf(rig: Rig) {
    return loadConfig({ config: await rig.writeSettings() });
  }

  it("fetches one token for a pass of reconcile, with everything that it looks at", async () => {
    const rig = await createRig({ principal: {} });
    const cluster = await createClusterContext(await configOf(rig), silentLog);
    expect(await cluster.instances.listInstances()).toEqual([]);
    const gone = cluster.instanceAddresses.addressOf("ocid1.instance.oc1.phx.gone");
    await expect(gone).rejects.toThrow(/ListVnicAttachments: 404/);
    expect(rig.callCounts()).toMatchObject({ GetSecurityToken: 1, GetMetadata: 3 });
  });

  it("fetches one token for all looks of a status that is watched", async () => {
    const rig = await createRig({ principal: {} });
    const look = createLook(await configOf(rig), silentLog);
    await look();
    await look();
    const counts = rig.callCounts();
    expect(counts).toMatchObject({ GetSecurityToken: 1, GetMetadata: 3, ListInstances: 2 });
  });
});
