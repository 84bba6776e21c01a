import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitState } from "../e2e/await-state.ts";
import { awaitConfigured } from "../sandbox/configuration.ts";
import { deployedFromHead } from "../sandbox/deployed.ts";
import { hostArchive } from "../sandbox/host-archive.ts";
import { instanceNamed, loginAs, outputOn } from "../sandbox/machine-work.ts";
import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { Sandbox, type ListedInstance } from "../sandbox/sandbox.ts";
import { destroyCluster } from "../sandbox/sweep.ts";
import { BOOTING_TIMEOUT_MS, PLAYBOOK_SECONDS } from "./boot.ts";
import { filesWith } from "./search-files.ts";

const ALL = [1, 2, 3].map((number) => `vm-standard-e4-flex-1-8-ad1-000${number}`);
const NODES = ALL.slice(0, 2);
const [NODE = "", SECOND = "", THIRD = ""] = ALL;

/** Idle nodes stay while they are looked at, on a busy computer, unless told otherwise. */
function limits(suspendTimeSeconds = 1200, more = ""): string {
  return `VM.Standard.E4.Flex.1.8:
  count: { 1: 3 }
  ${more}
cluster: { suspend_time: ${suspendTimeSeconds}, suspend_timeout: 20, resume_timeout: 300 }
`;
}

const METADATA = ["-H", "Authorization: Bearer Oracle", "http://169.254.169.254/opc/v2/instance/"];

const MPI_PROGRAM = `#include <mpi.h>
#include <stdio.h>
int main(int count, char **words) {
  int rank, size;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  printf("rank %d of %d\\n", rank, size);
  return MPI_Finalize();
}
`;

/** What root alone may read in the shared file system. */
const SHARED_SECRETS = [
  "/mnt/shared/etc/munge/munge.key",
  "/mnt/shared/etc/directory/private/sssd-password",
  "/mnt/shared/etc/ssh/ssh_host_ed25519_key",
];
/** Where a private key would be; programs have these words as well. */
const KEY_WORDS = "PRIVATE KEY-----";
const KEY_PLACES = ["etc", "root", "home", "opt", "usr/local", "var/lib"];
const NEWLINE = 0x0a;

const WAKING_SECONDS = 300;

// What is committed is what machines pull.
describe.each(RELEASE_NAMES)("the life of a cluster on machines that boot %s", (release) => {
  let sandbox: Sandbox;
  beforeAll(
    async () => {
      sandbox = await Sandbox.start({
        release,
        archive: hostArchive(),
        cloud: { bootMs: 2000 },
        booting: await deployedFromHead(),
      });
      await awaitConfigured(sandbox, "mgmt", PLAYBOOK_SECONDS);
    },
    BOOTING_TIMEOUT_MS + PLAYBOOK_SECONDS * 1000,
  );
  // None, should it not have started: that error is the one to read.
  afterAll(() => (sandbox as Sandbox | undefined)?.stop());

  function instanceOf(name: string): Promise<ListedInstance> {
    return instanceNamed(sandbox, name);
  }

  /** The output of a command that must succeed. */
  async function output(machine: string, argv: readonly string[], user?: "opc"): Promise<string> {
    const options = { timeoutSeconds: WAKING_SECONDS, ...(user !== undefined && { user }) };
    return (await outputOn(sandbox, machine, argv, options)).trim();
  }

  /** Ansible's recap of another run of what user data has run. */
  function runAgain(machine: string, playbook: string): Promise<string> {
    const script = `cd /root/citc-ansible && ansible-playbook --inventory /root/hosts --limit "$(hostname --short).*" ansible/${playbook} | tail -n 3`;
    return output(machine, ["sh", "-c", script]);
  }

  test("a second run of the management node's playbook changes nothing", async () => {
    expect(await runAgain("mgmt", "management.yml")).toMatch(/ changed=0 .* failed=0 /);
  });

  test("a job wakes two machines, which configure themselves", async () => {
    const finish = await sandbox.finish(limits());
    expect(finish.exitCode, finish.stderr).toBe(0);
    const names = await output("mgmt", ["srun", "--nodes=2", "hostname"], "opc");
    expect(names.split("\n").toSorted()).toEqual(NODES);
    for (const name of NODES) {
      await awaitConfigured(sandbox, name, PLAYBOOK_SECONDS);
    }
  });

  test("a job reaches neither the metadata service nor a secret, and root does", async () => {
    const asJob = (...argv: string[]): Promise<CommandResult> =>
      sandbox.exec("mgmt", ["srun", `--nodelist=${NODE}`, ...argv], { user: "opc" });
    const quick = ["--silent", "--show-error", "--max-time", "5"];
    const metadata = await asJob("curl", ...quick, ...METADATA);
    expect(metadata.stdout).toBe("");
    expect(metadata.stderr).toMatch(/curl: \(7\)/);
    for (const path of [...SHARED_SECRETS, "/etc/munge/munge.key", "/etc/sssd/sssd.conf"]) {
      expect((await asJob("cat", path)).stderr, path).toContain(`${path}: Permission denied`);
    }
    expect(await output(NODE, ["curl", "--silent", "--fail", ...METADATA])).toContain(NODE);
    expect(await output("mgmt", ["curl", "--silent", "--fail", ...METADATA])).toContain("mgmt");
  });

  test("a compute node has no credential of the cloud's", async () => {
    const places = KEY_PLACES.map((place) => `/${place}`);
    // The checkout of the repository has words of tests.
    const argv = ["grep", "--recursive", "--files-with-matches", "--exclude-dir=citc-ansible"];
    const keys = await output(NODE, [...argv, `--regexp=${KEY_WORDS}`, ...places]);
    expect(keys.split("\n").filter((path) => !/^\/etc\/ssh\/ssh_host_\w+_key$/.test(path))).toEqual(
      [],
    );
    expect(await output(NODE, ["find", "/root", "/home", "-name", ".oci"])).toBe("");
  });

  test("no secret is in user data or metadata", async () => {
    const list = "find /mnt/shared/etc /root /etc -type f -perm -400 ! -perm /077 -size -64k";
    const read = `${list} -exec sh -c 'for f; do echo "$f $(base64 --wrap=0 "$f")"; done' sh {} +`;
    const files = (await output("mgmt", ["sh", "-c", read])).split("\n");
    const secrets = files.map((line) => line.split(" ") as [string, string?]);
    const paths = secrets.map(([path]) => path);
    expect(paths).toEqual(
      expect.arrayContaining([...SHARED_SECRETS, "/root/directory-manager-password"]),
    );
    for (const machine of ["mgmt", NODE]) {
      const told = await output(machine, ["curl", "--silent", "--fail", ...METADATA]);
      const { metadata } = JSON.parse(told) as { metadata: Record<string, string> };
      const userData = textOf(Buffer.from(metadata["user_data"] ?? "", "base64"));
      expect(userData).toContain("citc");
      const text = [...Object.values(metadata), userData].join("\n");
      expect(text).not.toContain("PRIVATE KEY");
      const found = secrets.filter(([, secret = ""]) => {
        const content = Buffer.from(secret, "base64").toString("latin1").trim();
        return isLong(secret) && (text.includes(secret) || text.includes(content));
      });
      expect(found.map(([path]) => path)).toEqual([]);
    }
  });

  test("a user of the directory logs in by ssh, and the accounting shows the MPI program", async () => {
    await output(
      "mgmt",
      ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ".ssh/id_ed25519"],
      "opc",
    );
    const add = "cat .ssh/id_ed25519.pub | sudo citc user add alice --ssh-key -";
    await output("mgmt", ["sh", "-c", add], "opc");
    const login = loginAs("alice");
    const asAlice = (line: string): Promise<string> => output("mgmt", [...login, line], "opc");
    await asAlice(`cat > hello.c << 'END'\n${MPI_PROGRAM}END\nmpicc -o hello hello.c`);
    const job = "sbatch --parsable --wait --nodes=2 --ntasks-per-node=1";
    const jobId = await asAlice(`${job} --wrap 'srun ./hello'`);
    const ranks = await asAlice(`cat slurm-${jobId}.out`);
    expect(ranks.split("\n").toSorted()).toEqual(["rank 0 of 2", "rank 1 of 2"]);
    const sacct = `sacct --allocations --jobs=${jobId} --noheader --parsable2`;
    await awaitState({
      what: "sacct shows the job",
      timeoutSeconds: 60,
      observe: () => asAlice(`${sacct} --format=user,account,state,nnodes`),
      isReached: (line) => line === "alice|users|COMPLETED|2",
    });
  });

  test("the user's key opens a node as well, whose host key is known, and no other key does", async () => {
    const options = "-o BatchMode=yes -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes";
    const login = (key: string, user: string): Promise<CommandResult> =>
      sandbox.exec(
        "mgmt",
        ["sh", "-c", `ssh ${options} -i .ssh/${key} ${user}@${NODE} id --user --name`],
        { user: "opc" },
      );
    expect(await login("id_ed25519", "alice")).toMatchObject({ exitCode: 0, stdout: "alice\n" });
    await output(
      "mgmt",
      ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ".ssh/other"],
      "opc",
    );
    for (const [key, user] of [
      ["other", "alice"],
      ["id_ed25519", "root"],
      ["id_ed25519", "nobody-of-that-name"],
    ] as const) {
      const { exitCode, stderr } = await login(key, user);
      expect(exitCode, `${user} with ${key}`).toBe(255);
      expect(stderr).toContain("Permission denied (publickey");
    }
  });

  test("a second run of a node's playbook changes nothing", async () => {
    expect(await runAgain(NODE, "compute.yml")).toMatch(/ changed=0 .* failed=0 /);
  });

  test("a node of another one's image joins without a playbook, and no secret was in the image", async () => {
    await output("mgmt", [
      "scontrol",
      "update",
      `nodename=${SECOND}`,
      "state=drain",
      "reason=image",
    ]);
    await output(SECOND, ["citc-bake"]);
    const freeformTags = { cluster: "clustera" };
    const imageOcid = await sandbox.makeImage(SECOND, { displayName: "compute-v1", freeformTags });
    await output("mgmt", ["scontrol", "update", `nodename=${SECOND}`, "state=power_down_force"]);
    const finish = await sandbox.finish(limits(60, `image: ${imageOcid}`));
    expect(finish.exitCode, finish.stderr).toBe(0);
    const id = ["srun", `--nodelist=${THIRD}`, "id", "--user", "--name", "alice"];
    expect(await output("mgmt", id, "opc")).toBe("alice");
    const { instanceOcid } = await instanceOf(THIRD);
    await awaitConfigured(sandbox, THIRD, PLAYBOOK_SECONDS);
    const said = await sandbox.console(instanceOcid);
    expect(said).toContain("citc: joining with what the image has");
    expect(said).not.toContain("citc: running ansible/");

    const disk = join(sandbox.workDirectory, "captures/0");
    for (const path of [
      "munge/munge.key",
      "sssd/sssd.conf",
      "ssh/ssh_host_ed25519_key",
      "citc/baking",
    ]) {
      expect(existsSync(join(disk, "etc", path)), path).toBe(false);
    }
    const secrets = await Promise.all(
      SHARED_SECRETS.map((path) => output("mgmt", ["base64", "--wrap=0", path])),
    );
    // As they are, but for the line's end of a password.
    const contents = secrets.map((text) => Buffer.from(text, "base64"));
    const words = contents.map((content) =>
      content.at(-1) === NEWLINE ? content.subarray(0, -1) : content,
    );
    expect(await filesWith(disk, words)).toEqual([]);
    const keys = await Promise.all(
      KEY_PLACES.map((place) => filesWith(join(disk, place), [KEY_WORDS])),
    );
    expect(keys.flat().filter((path) => !path.includes("/citc-ansible/"))).toEqual([]);
    expect(await readFile(join(disk, "etc/machine-id"), "utf8")).toBe("");
    expect(await readdir(join(disk, "var/lib/sss/db"))).toEqual([]);
  });

  test("the nodes go when they are idle; with the management node gone the sweep removes the image, and nothing is left", async () => {
    await awaitState({
      what: "the nodes' instances are terminated",
      timeoutSeconds: WAKING_SECONDS,
      observe: async () => (await Promise.all(ALL.map(instanceOf))).map(stateOf),
      isReached: (states) => states.every((state) => state === "TERMINATED"),
    });
    expect(await destroyCluster(sandbox, "clustera")).toContain("removed 1 image; nothing is left");
  });
});

/** startnode compresses what it sends. */
function textOf(userData: Buffer): string {
  const isCompressed = userData.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]));
  return (isCompressed ? gunzipSync(userData) : userData).toString("latin1");
}

/** Long enough to be found by chance nowhere. */
function isLong(base64: string): boolean {
  return base64.length >= 16;
}

function stateOf({ lifecycleState }: ListedInstance): string {
  return lifecycleState;
}
