import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitState } from "../e2e/await-state.ts";
import { git } from "../git.ts";
import { awaitConfigured, readConfiguration } from "../sandbox/configuration.ts";
import { deployedFromHead } from "../sandbox/deployed.ts";
import { hostArchive } from "../sandbox/host-archive.ts";
import { instanceNamed } from "../sandbox/machine-work.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { BadDay, nodeName } from "./bad-day.ts";
import { BOOTING_TIMEOUT_MS } from "./boot.ts";

const ROOT = join(import.meta.dirname, "../..");
const LIMITS = `VM.Standard.E4.Flex.1.8: { 1: 8 }
cluster: { suspend_time: 900, suspend_timeout: 10, resume_timeout: 900 }
`;
const NO_REF = "v9-of-nobody";
/** A branch whose role munge needs a package that nobody has. */
const NO_PACKAGE = "no-package";
const [UNREACHABLE, WRONG_REF, KEYLESS, LATE, PACKAGELESS, UNHEARD, REFUSED] = [
  ...([1, 2, 3, 4, 5, 6, 7] as const),
];

/** Of a computer that is busy. */
const PLAYBOOK_SECONDS = 900;
const BOOT_SECONDS = 300;
/** The timer's interval, and a pass. */
const PASS_SECONDS = 150;

/** What is committed here, and a branch more. */
async function makeRepository(directory: string): Promise<void> {
  await git(ROOT, "clone", "--quiet", "--no-checkout", "--shared", ROOT, directory);
  await git(directory, "checkout", "--quiet", "-b", NO_PACKAGE);
  const packages = join(directory, "ansible/roles/munge/vars/Debian.yml");
  const text = await readFile(packages, "utf8");
  await writeFile(packages, text.replace("munge_packages: [", "munge_packages: [of-nobody, "));
  const tries = join(directory, "ansible/roles/packages/defaults/main.yml");
  const defaults = await readFile(tries, "utf8");
  await writeFile(tries, defaults.replace(/^packages_tries: .*$/m, "packages_tries: 1"));
  await git(directory, "commit", "--quiet", "--all", "--message", "need too much");
}

// What is committed is what machines pull.
describe("bad days of machines that boot", () => {
  let sandbox: Sandbox;
  let day: BadDay;
  let repository: string;
  beforeAll(
    async () => {
      repository = await mkdtemp(join(tmpdir(), "bad-days-"));
      await makeRepository(repository);
      const booting = await deployedFromHead();
      sandbox = await Sandbox.start({
        archive: hostArchive(),
        cloud: { bootMs: 2000 },
        booting: {
          ...booting,
          repository,
          sharedMebibytes: 128,
          deployment: {
            ...booting.deployment,
            nodectlSettings: {
              boot_limit_seconds: 600,
              boot_failures_max: 3,
              boot_cool_down_seconds: 600,
            },
          },
        },
      });
      day = new BadDay(sandbox);
      await awaitConfigured(sandbox, "mgmt", PLAYBOOK_SECONDS);
      const finish = await sandbox.finish(LIMITS);
      expect(finish.exitCode, finish.stderr).toBe(0);
    },
    BOOTING_TIMEOUT_MS + PLAYBOOK_SECONDS * 1000,
  );
  afterAll(async () => {
    await (sandbox as Sandbox | undefined)?.stop();
    await rm(repository, { recursive: true });
  });

  test("a wrong ref, a role without its key and a repository that does not answer are named, by themselves", async () => {
    const away = "mv /mnt/shared/etc/munge/munge.key /mnt/shared/etc/munge/away";
    await day.run(["sh", "-c", away]);
    await day.wake(UNREACHABLE, "REPOSITORY", "http://10.0.0.1:8081/git/citc.git");
    await day.wake(WRONG_REF, "REF", NO_REF);
    await day.wake(KEYLESS);

    await day.awaitReason(
      WRONG_REF,
      new RegExp(
        `^reconcile: its machine could not be configured \\(RUNNING\\): no ansible/compute.yml of ${NO_REF} from http://\\S+citc.git: Failed to checkout ${NO_REF}; console in /`,
      ),
      BOOT_SECONDS,
    );
    await day.awaitReason(
      KEYLESS,
      /could not be configured \(RUNNING\): munge : Check that there is one: \/mnt\/shared\/etc\/munge\/munge.key is not there: /,
      BOOT_SECONDS,
    );
    // The third is still trying, and says so; it is replaced at the boot limit.
    const waits = await day.run(["citc", "logs", nodeName(UNREACHABLE)]);
    expect(waits).toMatch(
      /citc: could not reach http:\/\/10.0.0.1:8081\/git\/citc.git, try \d+ of 60: fatal: .*connect/,
    );
    await day.setting("boot_limit_seconds", 30);
    await day.run(["systemctl", "start", "citc-reconcile.service"], PASS_SECONDS);
    await day.awaitReason(
      UNREACHABLE,
      /its slurmd has not registered in time \(RUNNING\): could not reach http:\/\/10.0.0.1:8081\/git\/citc.git, try \d+ of 60: fatal: /,
      PASS_SECONDS,
    );
    await day.setting("boot_limit_seconds", 600);
    await day.run(["sh", "-c", "mv /mnt/shared/etc/munge/away /mnt/shared/etc/munge/munge.key"]);
  });

  test("after three of them nothing is launched, and status and explain say why, and how it goes on", async () => {
    const said =
      /the last 3 boots of image …\w+ failed, not ready in time: could not reach http:\/\/10.0.0.1:8081\//;
    expect(await day.status()).toMatch(said);
    await day.run(["scontrol", "update", `nodename=${nodeName(REFUSED)}`, "state=power_up"]);
    await day.awaitReason(
      REFUSED,
      /^startnode: the last 3 boots of image …\w+ failed, not ready in time: /,
      60,
    );
    const instances = await sandbox.instances();
    expect(instances.map(({ displayName }) => displayName)).not.toContain(nodeName(REFUSED));
    const explained = await day.run(["citc", "explain", "--json", nodeName(WRONG_REF)]);
    expect(explained).toMatch(said);
    expect(explained).toContain(`Failed to checkout ${NO_REF}`);
    expect(explained).toContain("mend the network, the server or the repository that it names");
    const command = /sudo (sed -i \S+boot\S+ \/run\/citc\/\S+jsonl)/.exec(
      JSON.stringify(JSON.parse(explained)).replaceAll('\\"', '"'),
    )?.[1];
    if (command === undefined) throw new Error(`no way out is named: ${explained}`);
    await day.run(["sh", "-c", command]);
    // The node that was refused waits for its own next try, with these words as its reason.
    const ofOthers = (await day.status()).replaceAll(/1 node DOWN, next try in \d+ min: the/g, "");
    expect(ofOthers).not.toMatch(said);
  });

  test("a package that nobody has is named; a late file system, and a controller that was away, heal by themselves", async () => {
    await day.wake(PACKAGELESS, "REF", NO_PACKAGE);
    await day.wake(LATE, "EXPORT", "fileserver.clustera.sandbox.oraclevcn.com:/late");
    const late =
      /citc: could not mount fileserver\S+:\/late, try \d+ of 60: mount.nfs: .* failed, reason given by server/;
    await day.awaitConsole(LATE, late, BOOT_SECONDS);
    await day.wake(UNHEARD);
    await day.awaitConsole(UNHEARD, /citc: running ansible\//, BOOT_SECONDS);
    // The machine with the controller cannot be restarted here: its disk goes with its power.
    await day.run(["systemctl", "kill", "--signal=KILL", "slurmctld"]);
    await day.run(["systemctl", "stop", "slurmctld"]);
    // It has yet to register.
    const { instanceOcid } = await instanceNamed(sandbox, nodeName(UNHEARD));
    const { kind } = readConfiguration(await sandbox.console(instanceOcid));
    expect(kind).toBe("running-playbook");
    await awaitConfigured(sandbox, nodeName(UNHEARD), PLAYBOOK_SECONDS);
    await day.run(["systemctl", "start", "slurmctld"]);
    await sandbox.exec(nodeName(LATE), ["ln", "-s", "shared", "/run/file-server/late"]);

    await day.awaitState(UNHEARD, /^(IDLE|ALLOCATED)\+CLOUD$/, BOOT_SECONDS);
    await day.awaitState(LATE, /^(IDLE|ALLOCATED)\+CLOUD$/, BOOT_SECONDS);
    await day.awaitReason(
      PACKAGELESS,
      /could not be configured \(RUNNING\): packages : Install what is missing, Debian: .*of-nobody/,
      BOOT_SECONDS,
    );
  });

  test("a full shared file system is named by status and finish, which lose nothing, and is over when there is room", async () => {
    const digest = ["sh", "-c", "cd /mnt/shared/etc/slurm && sha256sum slurm.conf nodes.json"];
    const before = await day.run(digest);
    await sandbox.exec("mgmt", ["dd", "if=/dev/zero", "of=/mnt/shared/fill", "bs=64k"]);
    expect(await day.status()).toContain("/mnt/shared has room for 0 MiB only");
    const more = LIMITS.replace("1: 8", "1: 9");
    const refused = await sandbox.finish(more);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /\/mnt\/shared\/etc\/slurm\/\S+ could not be written: its file system is full/,
    );
    expect(refused.stderr).not.toMatch(/^ +at /m);
    expect(await day.run(digest)).toBe(before);
    await day.run(["rm", "/mnt/shared/fill"]);
    expect(await day.status()).not.toContain("has room for");
    const finish = await sandbox.finish(more);
    expect(finish.exitCode, finish.stderr).toBe(0);
    expect(await day.run(digest)).not.toBe(before);
  });

  test("when the causes are gone a later job has the same nodes", async () => {
    // The next pass sees that machines of the image have come up, and opens what the last failure may have closed.
    await day.run(["systemctl", "start", "citc-reconcile.service"], PASS_SECONDS);
    const names = [UNREACHABLE, WRONG_REF, KEYLESS, PACKAGELESS].map(nodeName);
    const options = [`--nodelist=${names.join(",")}`, `--nodes=${names.length}`];
    await awaitState({
      what: "the nodes are off and free",
      timeoutSeconds: PASS_SECONDS,
      observe: () => Promise.all(names.map((name) => day.nodeOf(name))),
      isReached: (nodes) => nodes.every(({ state }) => state === "IDLE+CLOUD+POWERED_DOWN"),
    });
    const said = await day.run(["srun", ...options, "hostname"], BOOT_SECONDS * 2);
    expect(said.trim().split("\n").toSorted()).toEqual(names);
  });
});
