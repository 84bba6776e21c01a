import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployedFromHead } from "../sandbox/deployed.ts";
import { hostArchive } from "../sandbox/host-archive.ts";
import { awaitConfigured } from "../sandbox/configuration.ts";
import { outputOn } from "../sandbox/machine-work.ts";
import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { BOOTING_TIMEOUT_MS, PLAYBOOK_SECONDS } from "./boot.ts";

/** Of an empty directory. */
const FIRST_NUMBER = 10_000;

interface ListedUser {
  readonly name: string;
  readonly number: number;
  readonly isLocked: boolean;
}

// The newer of both releases; full-life adds a user on both. The directory, sssd, sshd, sacctmgr and logind as a playbook has made them; nodectl's tests have stand-ins for each.
describe("the users of a cluster", () => {
  let sandbox: Sandbox;
  beforeAll(
    async () => {
      sandbox = await Sandbox.start({
        release: "trixie",
        archive: hostArchive(),
        booting: await deployedFromHead(),
      });
      await awaitConfigured(sandbox, "mgmt", PLAYBOOK_SECONDS);
      for (const key of ["given", "own"])
        await run(`ssh-keygen -q -t ed25519 -N '' -f .ssh/${key}`);
    },
    BOOTING_TIMEOUT_MS + PLAYBOOK_SECONDS * 1000,
  );
  afterAll(() => (sandbox as Sandbox | undefined)?.stop());

  /** What a line of opc's shell says, which must succeed. */
  async function run(line: string): Promise<string> {
    return (await outputOn(sandbox, "mgmt", ["sh", "-c", line], { user: "opc" })).trim();
  }

  function tryTo(line: string): Promise<CommandResult> {
    return sandbox.exec("mgmt", ["sh", "-c", line], { user: "opc" });
  }

  function login(user: string, key: string, line = "id --user"): Promise<CommandResult> {
    const options = "-o BatchMode=yes -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes";
    return tryTo(`ssh ${options} -i .ssh/${key} ${user}@mgmt '${line}'`);
  }

  /** Once: OpenSSH of Debian 13 shuts out for a while who is refused again and again. */
  async function expectLogin(user: string, key: string, isLet: boolean): Promise<void> {
    const { exitCode, stderr } = await login(user, key);
    expect(exitCode, `${user} by the key ${key}: ${stderr}`).toBe(isLet ? 0 : 255);
  }

  async function listed(name: string): Promise<ListedUser | undefined> {
    const users = JSON.parse(await run("sudo citc user list --json")) as readonly ListedUser[];
    return users.find((it) => it.name === name);
  }

  test("log in by the keys that they were given, and by their own", async () => {
    await run("cat .ssh/given.pub | sudo citc user add ada --account maths --ssh-key -");
    await expectLogin("ada", "given", true);
    const own = await run("cat .ssh/own.pub");
    const write = `mkdir -p -m 700 .ssh && echo "${own}" > .ssh/authorized_keys && chmod 600 .ssh/authorized_keys`;
    expect(await login("ada", "given", write)).toMatchObject({ exitCode: 0 });
    await expectLogin("ada", "own", true);
    const said = await run("sudo citc user keys ada --remove opc@mgmt");
    expect(said).toContain("/mnt/shared/home/ada/.ssh/authorized_keys");
    await expectLogin("ada", "given", false);
    await expectLogin("ada", "own", true);
  });

  test("are out when they are locked, by their own keys too, and in again when they are added anew", async () => {
    const lock =
      "dn: uid=ada,ou=people,dc=citc,dc=internal\\nchangetype: modify\\nreplace: nsAccountLock\\nnsAccountLock: true\\n";
    await run(
      `printf '${lock}' | sudo ldapmodify -Y EXTERNAL -Q -H ldapi://%2Frun%2Fslapd-citc.socket`,
    );
    expect((await listed("ada"))?.isLocked).toBe(true);
    await run("sudo sss_cache --user ada");
    await expectLogin("ada", "own", false);
    await run("cat .ssh/given.pub | sudo citc user add ada --ssh-key -");
    expect((await listed("ada"))?.isLocked).toBe(false);
    await expectLogin("ada", "own", true);
  });

  test("are out at once, also while slurmdbd is away and the rest has to wait", async () => {
    await run("sudo systemctl stop slurmdbd");
    const { exitCode, stderr } = await tryTo("sudo citc user remove ada --yes");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("see systemctl status slurmdbd; ada cannot log in any more");
    await expectLogin("ada", "own", false);
    await run("sudo systemctl start slurmdbd");
  });

  test("are gone when they are removed, and nobody gets their number", async () => {
    await run("sudo citc user remove ada --yes");
    expect(await run("sacctmgr --noheader --parsable2 show associations user=ada")).toBe("");
    expect((await tryTo("getent passwd ada")).exitCode).toBe(2);
    await run("cat .ssh/given.pub | sudo citc user add bob --ssh-key -");
    expect((await listed("bob"))?.number).toBe(FIRST_NUMBER + 1);
  });

  test("are many in one file, with a number that the first of them must not take", async () => {
    const next = FIRST_NUMBER + 2;
    const rows = [`name,uid`, `cy,`, `dan,${next}`].join("\\n");
    await run(`printf '${rows}\\n' | sudo citc user import -`);
    expect((await listed("dan"))?.number).toBe(next);
    expect((await listed("cy"))?.number).toBe(next + 1);
    const again = await run(`printf '${rows}\\n' | sudo citc user import -`);
    expect(again.match(/is there/g)).toHaveLength(2);
  });

  test("come back with their files and their number", async () => {
    await run("cat .ssh/given.pub | sudo citc user add ada --ssh-key -");
    expect((await listed("ada"))?.number).toBe(FIRST_NUMBER);
    await expectLogin("ada", "own", true);
    await run("sudo citc user remove ada --yes --delete-home");
    expect((await tryTo("ls /mnt/shared/home/ada")).exitCode).toBe(2);
  });
});
