import { beforeEach, describe, expect, it } from "vitest";
import type { StartReport } from "../../../nodectl/commands/start-nodes.ts";
import { OciCallError } from "../../../nodectl/oci/oci-errors.ts";
import type { LaunchOutcome } from "../../../nodectl/oci/provider.ts";
import type { FakeCloud } from "./fake-cloud.ts";
import type { RecordingSlurm } from "./recording-slurm.ts";
import { failure, refused, StartRig } from "./start-rig.ts";
import { slurmError } from "./slurm-error.ts";

const specification = { shape: "VM.Standard2.1", availabilityDomains: ["Uocm:PHX-AD-1"] };

let rig: StartRig;
let cloud: FakeCloud;
let slurm: RecordingSlurm;

beforeEach(() => {
  rig = new StartRig();
  ({ cloud, slurm } = rig);
});

function start(...nodeNames: string[]): Promise<StartReport> {
  return rig.start(nodeNames, specification);
}

describe("startNodes()", () => {
  it("launches one instance a node with one list of each kind, and reports every address", async () => {
    const report = await start("n-1", "n-2", "n-3");
    expect(report).toEqual({
      launched: ["n-1", "n-2", "n-3"],
      adopted: [],
      unaddressed: [],
      failed: [],
      abandoned: [],
    });
    expect([...slurm.addresses.keys()].sort()).toEqual(["n-1", "n-2", "n-3"]);
    expect([cloud.launches.length, cloud.instanceLists, cloud.addressLists]).toEqual([3, 1, 1]);
  });

  it("adopts what an earlier run launched and repairs its address", async () => {
    const living = cloud.add({ nodeName: "n-1", lifecycleState: "PROVISIONING" });
    const report = await start("n-1");
    expect(report.adopted).toEqual(["n-1"]);
    expect(cloud.launches).toEqual([]);
    expect(slurm.addresses.get("n-1")).toBe(`10.0.1.${living.instanceOcid.slice(2)}`);
  });

  it("waits until a dying namesake has given its name back, then launches", async () => {
    const dying = cloud.add({ nodeName: "n-1", lifecycleState: "TERMINATING" });
    cloud.onList = (count) => {
      if (count === 3) cloud.setState(dying.instanceOcid, "TERMINATED");
    };
    const report = await start("n-1");
    expect(report.launched).toEqual(["n-1"]);
    expect(cloud.launches).toHaveLength(1);
    expect(cloud.livingOf("n-1")).toHaveLength(1);
  });

  it("names the instance that holds the name when the deadline comes first", async () => {
    const dying = cloud.add({ nodeName: "n-1", lifecycleState: "TERMINATING" });
    rig.clock.abortAfter(rig.deadline, 5_000);
    const report = await start("n-1");
    expect(report.failed).toMatchObject([
      { nodeName: "n-1", reason: expect.stringContaining(dying.instanceOcid) as string },
    ]);
    expect(slurm.down.get("n-1")).toMatch(/time was up.*TERMINATING/);
  });

  it("replaces a stopped namesake", async () => {
    const stopped = cloud.add({ nodeName: "n-1", lifecycleState: "STOPPED" });
    cloud.onList = (count) => {
      if (count === 2) cloud.setState(stopped.instanceOcid, "TERMINATED");
    };
    const report = await start("n-1");
    expect(cloud.terminations).toEqual([stopped.instanceOcid]);
    expect(report.launched).toEqual(["n-1"]);
  });

  it("leaves the machine of a node in use alone, though its shape is not the configured one", async () => {
    cloud.add({ nodeName: "n-1", shape: "VM.Standard2.4" });
    slurm.setNode("n-1", "ALLOCATED", ["CLOUD"], 99_999);
    const report = await start("n-1");
    expect(report.adopted).toEqual(["n-1"]);
    expect(cloud.terminations).toEqual([]);
  });

  it("tells Slurm at once and in words when OCI has no machine, and starts the others", async () => {
    cloud.onLaunch = ({ nodeName }) =>
      nodeName === "n-2"
        ? refused("capacity", "Out of host capacity.", "InternalError")
        : undefined;
    const report = await start("n-1", "n-2", "n-3");
    expect(report.launched).toEqual(["n-1", "n-3"]);
    expect(report.failed.map(({ nodeName }) => nodeName)).toEqual(["n-2"]);
    expect([...slurm.down.keys()]).toEqual(["n-2"]);
    expect(slurm.down.get("n-2")).toMatch(/^startnode: .*Out of host capacity/);
    expect(slurm.down.get("n-2")?.length).toBeLessThanOrEqual(250);
  });

  it("does not set a node down that Slurm is not waking", async () => {
    cloud.onLaunch = () => refused("limit", "too many", "LimitExceeded");
    slurm.setNode("n-1", "IDLE", ["CLOUD", "POWERED_DOWN"]);
    const report = await start("n-1");
    expect(report.failed).toHaveLength(1);
    expect([...slurm.down.keys()]).toEqual([]);
  });

  it("launches nothing more when its time is up", async () => {
    cloud.onLaunch = () => {
      rig.deadline.abort();
      return undefined;
    };
    const names = Array.from({ length: 40 }, (_, index) => `n-${index + 1}`);
    const report = await start(...names);
    expect(cloud.launches.length).toBeLessThanOrEqual(4);
    expect(report.failed.length + report.launched.length).toBe(40);
    expect(report.failed[0]?.reason).toMatch(/time was up/);
  });

  it("looks again when the name is still taken", async () => {
    const answers: (LaunchOutcome | undefined)[] = [refused("label", "already used", "Conflict")];
    cloud.onLaunch = () => answers.shift();
    const report = await start("n-1");
    expect(report.launched).toEqual(["n-1"]);
    expect([cloud.launches.length, cloud.instanceLists]).toEqual([2, 2]);
  });

  it("leaves every machine alone when Slurm does not say which are in use", async () => {
    const odd = cloud.add({ nodeName: "n-1", shape: "VM.Standard2.4" });
    slurm.listNodes = () => Promise.reject(slurmError());
    const report = await start("n-1");
    expect(report.adopted).toEqual(["n-1"]);
    expect(cloud.terminations).not.toContain(odd.instanceOcid);
  });

  it("goes on with the others when Slurm refuses an address or a state", async () => {
    cloud.onLaunch = ({ nodeName }) =>
      nodeName === "n-2" ? refused("limit", "too many", "LimitExceeded") : undefined;
    slurm.reportAddresses = () => Promise.reject(slurmError());
    slurm.setDown = () => Promise.reject(slurmError());
    const report = await start("n-1", "n-2");
    expect(report.launched).toEqual(["n-1"]);
    expect(report.failed.map(({ nodeName }) => nodeName)).toEqual(["n-2"]);
  });

  it("tries the other kinds of nodes when one kind's image is not there", async () => {
    cloud.onLaunch = ({ specification: { shape } }) =>
      shape === "VM.Standard2.4" ? refused("auth", "no", "NotAuthorizedOrNotFound") : undefined;
    for (const name of ["n-1", "n-2"]) slurm.setNode(name, "ALLOCATED", ["POWERING_UP"]);
    const other = { ...specification, shape: "VM.Standard2.4" };
    const report = await rig.startTargets([
      { nodeName: "n-1", specification: other },
      { nodeName: "n-2", specification },
    ]);
    expect(report.launched).toEqual(["n-2"]);
    expect(slurm.down.get("n-1")).toMatch(/VM\.Standard2\.4 in PHX-AD-1/);
  });

  it("asks once, not a thousand times, when the policy is missing", async () => {
    cloud.onLaunch = () => refused("auth", "not found", "NotAuthorizedOrNotFound");
    const names = Array.from({ length: 40 }, (_, index) => `n-${index + 1}`);
    const report = await start(...names);
    expect(report.failed).toHaveLength(40);
    expect(cloud.launches.length).toBeLessThanOrEqual(4);
    expect(slurm.down.size).toBe(40);
  });

  it("takes the next token when OCI calls one spent, and the one after a dead instance", async () => {
    const dead = cloud.add({ nodeName: "n-1", lifecycleState: "TERMINATED" });
    const answers: (LaunchOutcome | undefined)[] = [
      refused("token", "token is spent", "InvalidatedRetryToken"),
      { kind: "launched", instance: dead },
    ];
    cloud.onLaunch = () => answers.shift();
    const report = await start("n-1");
    expect(report.launched).toEqual(["n-1"]);
    const tokens = cloud.launches.map(({ retryToken }) => retryToken);
    expect(new Set(tokens).size).toBe(3);
  });

  it("gives a node up after a bounded number of spent tokens", async () => {
    cloud.onLaunch = () => refused("token", "token is spent", "InvalidatedRetryToken");
    const report = await start("n-1");
    expect(report.failed[0]?.reason).toMatch(/no retry token was accepted/);
    expect(cloud.launches).toHaveLength(5);
  });

  it("sends the same token when the same launch is tried by a second run", async () => {
    cloud.onLaunch = () => refused("config", "x", "InvalidParameter");
    await start("n-1");
    await start("n-1");
    const [first, second] = cloud.launches;
    expect(first?.retryToken).toBe(second?.retryToken);
  });

  it("launches nothing when the instances cannot be listed: it could be a second machine", async () => {
    cloud.listInstances = () =>
      Promise.reject(new OciCallError(failure("auth", "not found", "NotAuthorizedOrNotFound")));
    const report = await start("n-1", "n-2");
    expect(report.failed).toHaveLength(2);
    expect(cloud.launches).toEqual([]);
    expect([...slurm.down.keys()]).toEqual(["n-1", "n-2"]);
  });

  it("keeps launched nodes when the addresses cannot be listed: registration brings them", async () => {
    cloud.listPrivateAddresses = () =>
      Promise.reject(new OciCallError(failure("transport", "no answer", "None")));
    const report = await start("n-1");
    expect(report).toMatchObject({ launched: ["n-1"], unaddressed: ["n-1"], failed: [] });
    expect([...slurm.down.keys()]).toEqual([]);
  });

  it("goes on looking for addresses after a list that was refused once", async () => {
    const list = cloud.listPrivateAddresses.bind(cloud);
    let asked = 0;
    cloud.listPrivateAddresses = () => {
      if (++asked > 1) return list();
      return Promise.reject(new OciCallError(failure("auth", "no", "NotAuthenticated")));
    };
    expect(await start("n-1")).toMatchObject({ launched: ["n-1"], unaddressed: [] });
    expect(slurm.addresses.has("n-1")).toBe(true);
  });

  it("does not report the address of an earlier holder of the label", async () => {
    const earlier = [{ hostnameLabel: "n-1", ipAddress: "10.0.1.250", timeCreatedMs: 0 }];
    const list = cloud.listPrivateAddresses.bind(cloud);
    cloud.listPrivateAddresses = async () =>
      cloud.addressLists++ < 2 ? earlier : [...earlier, ...(await list())];
    await start("n-1");
    expect(slurm.addresses.get("n-1")).toBe("10.0.1.1");
  });

  it("takes an instance that somebody terminates while it boots for lost, and launches no other", async () => {
    cloud.launchedState = "PROVISIONING";
    cloud.onList = (count) => {
      const [living] = cloud.livingOf("n-1");
      if (count > 1 && living !== undefined) cloud.setState(living.instanceOcid, "TERMINATED");
    };
    const report = await start("n-1");
    expect(report.failed[0]?.reason).toMatch(/its instance ended while it booted/);
    expect(cloud.launches).toHaveLength(1);
    expect(slurm.down.has("n-1")).toBe(true);
  });
});
