import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { outputOn } from "../sandbox/machine-work.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { sourceUrls } from "../sandbox/sources/source-server.ts";
import { waitUntil } from "../sandbox/wait-until.ts";
import { awaitCloudInit, BOOTING_TIMEOUT_MS } from "./boot.ts";
import { awaitEnd, controlGroupsOf, descendantsOf, observeComputer } from "../e2e/computer.ts";
import { OciCaller } from "./oci-caller.ts";
import { makePlaybookRepository } from "./playbook-repository.ts";

const NODE = "node1";
const HANGING = "node2";
const LAST_WORDS = "Kernel panic - not syncing: VFS: Unable to mount root fs";
const HELLO = "#!/bin/sh\necho hello from user data\n";

/** Their names are in the lists that apt has fetched. */
const ALL_PACKAGES = "sed --quiet 's/^Package: //p' /var/lib/apt/lists/*Packages";

/** Installs what pulls the playbook, and pulls it as it was before the last commit. */
function pulling(commit: string): string {
  return `#!/bin/sh
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends ansible-core git
ansible-pull --url ${sourceUrls("10.0.0.1").git} --checkout ${commit} --inventory localhost, site.yml
`;
}

describe.each(RELEASE_NAMES)("machines that boot %s", (release) => {
  let sandbox: Sandbox;
  let oci: OciCaller;
  let instanceOcid: string;
  let before: object;
  let directory: string;
  beforeAll(async () => {
    before = await observeComputer();
    directory = await mkdtemp(join(tmpdir(), "booting-"));
    const texts = ["pinned", "newest"];
    const repository = await makePlaybookRepository(join(directory, "playbook"), texts);
    sandbox = await Sandbox.start({
      release,
      cloud: { bootMs: 2000 },
      booting: {
        repository: repository.directory,
        managementMetadata: { user_data: Buffer.from(HELLO).toString("base64") },
      },
    });
    await sandbox.setFate(HANGING, { kind: "hangs", console: LAST_WORDS });
    oci = await OciCaller.of(sandbox);
    const [commit = ""] = repository.commits;
    instanceOcid = await oci.launch(NODE, pulling(commit));
  }, BOOTING_TIMEOUT_MS);
  // Again, should a test have failed before it stopped.
  afterAll(async () => {
    await (sandbox as Sandbox | undefined)?.stop();
    await rm(directory, { recursive: true });
  });

  /** The command's output; it must succeed. */
  async function output(machine: string, ...argv: string[]): Promise<string> {
    return (await outputOn(sandbox, machine, argv)).trim();
  }

  test("an instance's user data installs packages and pulls a playbook at its commit", async () => {
    expect(await awaitCloudInit(sandbox, NODE)).toEqual({
      datasource: "DataSourceOracle",
      errors: [],
    });
    expect(await output(NODE, "cat", "/root/pulled")).toBe("pinned");
    expect(await output(NODE, "cloud-init", "query", "instance_id")).toBe(instanceOcid);
    expect(await output(NODE, "hostname")).toBe(NODE);
    await output(NODE, "systemctl", "is-system-running", "--wait");
  });

  test("every package of the region can be fetched, and what is installed starts", async () => {
    const script = `export DEBIAN_FRONTEND=noninteractive
      apt-get install --quiet --yes --download-only $(${ALL_PACKAGES}) &&
      apt-get install --quiet --yes --no-install-recommends munge`;
    const { exitCode, stdout, stderr } = await sandbox.exec(NODE, ["sh", "-c", script], {
      timeoutSeconds: 120,
    });
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    expect(await output(NODE, "systemctl", "is-active", "munge")).toBe("active");
  });

  test("machines mount what the file server exports, and see what the others write", async () => {
    const mount = `export DEBIAN_FRONTEND=noninteractive
      apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends nfs-common &&
      mkdir --parents /mnt/shared && mount -t nfs fileserver.compute.lab.oraclevcn.com:/shared /mnt/shared`;
    for (const machine of [NODE, "mgmt"]) await output(machine, "sh", "-c", mount);
    await output(NODE, "sh", "-c", "echo from the node > /mnt/shared/word");
    expect(await output("mgmt", "cat", "/mnt/shared/word")).toBe("from the node");
    const wrong = ["mount", "-t", "nfs", "fileserver:/homes", "/mnt"];
    expect(await sandbox.exec(NODE, wrong)).toMatchObject({
      exitCode: 32,
      stderr: expect.stringContaining("reason given by server: No such file") as string,
    });
  });

  test("the management node has its own user data, and CaptureConsoleHistory shows what it said", async () => {
    expect((await awaitCloudInit(sandbox, "mgmt")).errors).toEqual([]);
    const management = (await sandbox.instances()).find((one) => one.displayName === "mgmt");
    const text = await oci.captureConsole(management?.instanceOcid ?? "");
    expect(text).toMatch(/cloud-init\[\d+\]: hello from user data\r\n/);
    expect(text).toMatch(/Reached target cloud-init.target/);
  });

  test("a command is in the machine's own control groups, and sees no others", async () => {
    expect(await output(NODE, "cat", "/proc/1/cgroup")).toMatch(/^0::\/init\.scope$/m);
    expect(await output(NODE, "cat", "/proc/self/cgroup")).toMatch(/^0::\/init\.scope$/m);
    const groups = await output(NODE, "ls", "/sys/fs/cgroup");
    expect(groups.split("\n")).toEqual(expect.arrayContaining(["init.scope", "system.slice"]));
    // mgmt's group is beside this one.
    expect(groups).not.toMatch(/citc-sandbox|cable/);
  });

  test("root cannot change this computer's clock or kernel", async () => {
    // The time that it is: nothing would happen.
    const set = await sandbox.exec(NODE, ["sh", "-c", 'date --set="$(date --rfc-3339=ns)"']);
    expect(set).toMatchObject({ exitCode: 1 });
    expect(set.stderr).toContain("Operation not permitted");
    const capabilities = await output(NODE, "grep", "CapBnd", "/proc/1/status");
    expect(await output(NODE, "grep", "CapBnd", "/proc/self/status")).toBe(capabilities);
    const write = "cat /proc/sys/vm/swappiness > /proc/sys/vm/swappiness";
    expect((await sandbox.exec(NODE, ["sh", "-c", write])).stderr).toContain("Read-only");
    // Those of its own network are its own.
    await output(NODE, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    await expect(sandbox.setFate(NODE, { kind: "small", cpus: 1 })).rejects.toThrow(/do not boot/);
  });

  test("a machine that hangs says its last words and boots nothing", async () => {
    const hanging = await oci.launch(HANGING, HELLO);
    const text = await waitUntil(systemClock, "it says its last words", 60, async () => {
      const console = await sandbox.console(hanging);
      return console === "" ? undefined : console;
    });
    expect(text).toBe(`${LAST_WORDS}\r\n`);
    expect(await output(HANGING, "cat", "/proc/1/comm")).toBe("sleep");
  });

  test("a power cut takes the machine and its control groups", async () => {
    const names = (await sandbox.machines()).map(({ name }) => name);
    expect(names).toContain(NODE);
    expect(await controlGroupsOf(process.pid)).toHaveLength(1 + names.length);
    await sandbox.act(instanceOcid, "terminate");
    await waitUntil(systemClock, "its control groups are gone", 30, async () => {
      const groups = await controlGroupsOf(process.pid);
      return groups.length === names.length ? true : undefined;
    });
    const left = (await sandbox.machines()).map(({ name }) => name);
    expect(left).toEqual(names.filter((name) => name !== NODE));
  });

  test("nothing is left when the sandbox has stopped", async () => {
    expect(await observeComputer()).toEqual(before);
    const processIds = (await descendantsOf(process.pid)).filter((id) => id !== process.pid);
    expect(processIds.length).toBeGreaterThan(10);
    await sandbox.stop();
    await awaitEnd(processIds);
    expect(await observeComputer()).toEqual(before);
    expect(await controlGroupsOf(process.pid)).toEqual([]);
  });
});
