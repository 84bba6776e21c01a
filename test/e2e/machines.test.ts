import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { instanceNamed, outputOn } from "../sandbox/machine-work.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { waitUntil } from "../sandbox/wait-until.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { wakeByHand } from "./held-job.ts";

const [NODE, CUT, CANCELLED] = [nodeName(1), nodeName(2), nodeName(3)];

let fixture: ClusterFixture;
let sandbox: Sandbox;
beforeAll(async () => {
  const clusterIds = ["clustera", "clusterb"];
  fixture = await ClusterFixture.start({ nodeCount: 3, clusterIds, suspendTimeSeconds: 3600 });
  ({ sandbox } = fixture);
});
afterAll(() => fixture.stop());

/** The command's output; it must succeed. */
async function output(machine: string, ...argv: string[]): Promise<string> {
  return (await outputOn(sandbox, machine, argv)).trim();
}

async function machineNames(): Promise<readonly string[]> {
  return (await sandbox.machines()).map(({ cluster, name }) => `${cluster}/${name}`);
}

describe("a command on a machine", () => {
  test("runs as the user, at home, with what it reads", async () => {
    const script = "id --user --name; pwd; cat; echo said >&2; exit 3";
    const result = await sandbox.exec("mgmt", ["sh", "-c", script], { user: "alice", stdin: "in" });
    expect(result).toEqual({
      exitCode: 3,
      stdout: "alice\n/mnt/shared/home/alice\nin",
      stderr: "said\n",
      isTimedOut: false,
    });
  });

  test("is ended when its time is over, with its children", async () => {
    const argv = ["sh", "-c", "sleep 4242 & sleep 4242"];
    const result = await sandbox.exec("mgmt", argv, { timeoutSeconds: 1 });
    expect(result.isTimedOut).toBe(true);
    expect((await sandbox.exec("mgmt", ["pgrep", "-f", "[s]leep 4242"])).exitCode).toBe(1);
  });

  test("cannot flood the caller", async () => {
    const text = await output("mgmt", "head", "--bytes=9000000", "/dev/zero");
    expect(text.length).toBeLessThan(5_000_000);
    expect(text).toContain("[cut: 9000000 bytes in all]");
  });

  test("is refused on a machine that is off, with the names of those that are on", async () => {
    await expect(sandbox.exec("nowhere", ["true"])).rejects.toThrow(
      /clustera\/mgmt, clusterb\/mgmt/,
    );
  });
});

test("slurmctld comes back when it was killed", async () => {
  const before = await output("mgmt", "cat", "/run/slurm/slurmctld.pid");
  expect(await sandbox.kill("mgmt", "slurmctld -D")).toBe(true);
  await waitUntil(systemClock, "slurmctld answers again", 20, async () => {
    const { exitCode, stdout } = await sandbox.exec("mgmt", ["scontrol", "ping"]);
    return exitCode === 0 && stdout.includes("UP") ? true : undefined;
  });
  expect(await output("mgmt", "cat", "/run/slurm/slurmctld.pid")).not.toBe(before);
});

test("an instance becomes a machine of its cluster, with the VNIC's address and the node's name", async () => {
  await Promise.all(fixture.clusters.map((cluster) => wakeByHand(cluster, [NODE])));
  for (const [cluster, network] of [
    ["clustera", "10.0.0."],
    ["clusterb", "10.0.16."],
  ] as const) {
    const { privateIp, macAddress } = await instanceNamed(sandbox, `${cluster}/${NODE}`);
    expect(privateIp.startsWith(network)).toBe(true);
    const machine = `${cluster}/${NODE}`;
    expect(await output(machine, "hostname")).toBe(NODE);
    const link = await output(machine, "ip", "address", "show", "dev", "eth0");
    expect(link).toContain(`link/ether ${macAddress}`);
    expect(link).toContain(`inet ${privateIp}/20`);
  }
});

test("a machine's clock of boot time starts with it", async () => {
  const uptime = await output(NODE, "cat", "/proc/uptime");
  expect(Number.parseFloat(uptime)).toBeLessThan(60);
});

test("machines of one cluster share /mnt/shared, and no others do", async () => {
  await output(NODE, "touch", "/mnt/shared/here");
  await output("mgmt", "test", "-e", "/mnt/shared/here");
  const other = await sandbox.exec("clusterb/mgmt", ["test", "-e", "/mnt/shared/here"]);
  expect(other.exitCode).toBe(1);
});

test("images that are made at once have a disk each, and one that is refused leaves none", async () => {
  const machines = ["clustera/mgmt", "clusterb/mgmt"];
  for (const machine of machines) {
    await output(machine, "sh", "-c", `echo ${machine} > /root/whose; echo log > /var/log/word`);
  }
  const make = (machine: string): Promise<string> =>
    sandbox.makeImage(machine, { displayName: `of ${machine}` });
  expect(new Set(await Promise.all(machines.map(make))).size).toBe(2);
  const captures = join(sandbox.workDirectory, "captures");
  const whose = ["0/root/whose", "1/root/whose"].map((path) => readFile(join(captures, path)));
  expect((await Promise.all(whose)).map((text) => text.toString().trim()).toSorted()).toEqual(
    machines,
  );
  expect(await readFile(join(captures, "0/var/log/word"), "utf8")).toBe("log\n");
  const wrong = sandbox.makeImage("mgmt", { displayName: "" });
  await expect(wrong).rejects.toThrow("displayName");
  expect((await readdir(captures)).toSorted()).toEqual(["0", "1"]);
});

test("machines see no control groups, processes or files of this computer", async () => {
  expect(await output(NODE, "ls", "/sys/fs/cgroup")).toBe("");
  expect(await output(NODE, "sh", "-c", "ls -d /proc/[0-9]* | wc -l")).toMatch(/^\d$|^1\d$/);
  const mounts = await output(NODE, "cut", "-d ", "-f2", "/proc/mounts");
  expect(
    mounts
      .split("\n")
      .filter((place) => !place.startsWith("/dev"))
      .sort(),
  ).toEqual(["/", "/mnt/shared", "/proc", "/run", "/sys", "/sys/fs/cgroup", "/var/log"]);
});

test("a job reaches the API, and not what commands the sandbox", async () => {
  const script = `exec 3<>/dev/tcp/10.0.0.1/80
    printf 'GET /control/machines HTTP/1.0\\r\\n\\r\\n' >&3
    head --lines=1 <&3`;
  const answer = await sandbox.exec(NODE, ["bash", "-c", script], { user: "alice" });
  expect(answer.stdout).toMatch(/^HTTP\/1\.1 40[14] /);
});

test("a power cut takes the machine and leaves the instance RUNNING", async () => {
  await wakeByHand(fixture.cluster, [CUT]);
  await sandbox.cutPower(CUT);
  expect(await machineNames()).not.toContain(`clustera/${CUT}`);
  expect((await instanceNamed(sandbox, CUT)).lifecycleState).toBe("RUNNING");
});

test("an instance that is terminated the moment it runs leaves no machine", async () => {
  await output("mgmt", "scontrol", "update", `nodename=${CANCELLED}`, "state=power_up");
  const { instanceOcid } = await waitUntil(systemClock, "its instance runs", 30, async () => {
    const all = await sandbox.instances();
    return all.find((it) => it.displayName === CANCELLED && it.lifecycleState === "RUNNING");
  });
  await sandbox.act(instanceOcid, "terminate");
  expect(await machineNames()).not.toContain(`clustera/${CANCELLED}`);
});

test("stopnode takes the machine away", async () => {
  await output("mgmt", "stopnode", NODE);
  expect(await machineNames()).toEqual(["clustera/mgmt", "clusterb/mgmt", `clusterb/${NODE}`]);
});
