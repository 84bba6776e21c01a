import { describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import { changeKeys } from "../../../../nodectl/commands/user/change-keys.ts";
import { removeUser } from "../../../../nodectl/commands/user/remove-user.ts";
import {
  formatAdd,
  formatKeys,
  formatRemoval,
  formatUsers,
} from "../../../../nodectl/commands/user/user-report.ts";
import { DirectoryError } from "../../../../nodectl/directory/directory.ts";
import { plain } from "../../../../nodectl/commands/status/text.ts";
import { ED25519, ED25519_FINGERPRINT } from "../../domain/user/key-samples.ts";
import { parseKey } from "../../../../nodectl/domain/user/public-key.ts";
import { request, UserRig } from "./user-rig.ts";

const parsed = parseKey(ED25519);
const keys = parsed.kind === "valid" ? [parsed.value] : [];
const details = { fullName: "Ada Lovelace", email: "ada@example.org", shell: "/bin/bash" };

describe("what is said of users", () => {
  it("an add: each part, and what became of it", async () => {
    const rig = new UserRig();
    expect(formatAdd("ada", await addUser(rig.context, request({ details, keys }))))
      .toBe(`ada (10000) is there.
  entry  ada: made
  group  ada: made
  home   /homes/ada: made
  Slurm  account users: made
  key    ${ED25519_FINGERPRINT} ada@laptop: made
`);
    expect(formatAdd("ada", await addUser(rig.context, request({ details, keys })))).toMatch(
      /^ada \(10000\) is there already; nothing was changed\.\n/,
    );
  });

  it("a user without a key, and accounting that is off", async () => {
    const rig = new UserRig();
    rig.isAccountingOff = true;
    const text = formatAdd("ada", await addUser(rig.context, request({ keys: [] })));
    expect(text).toContain("  Slurm  accounting is off, so no account is needed\n");
    expect(text).toContain("no key was given: nobody can log in as ada by this");
  });

  it("a failure: why, and that nothing is left", async () => {
    const rig = new UserRig();
    rig.broken = "associating";
    expect(formatAdd("ada", await addUser(rig.context, request()))).toBe(
      "nothing was made: sacctmgr: Connection refused; see systemctl status slurmdbd\nWhat had been made is taken back.\n",
    );
    rig.directory.refused = "listUsers";
    expect(formatAdd("ada", await addUser(rig.context, request()))).toBe(
      "nothing was made: listUsers is refused\n",
    );
    rig.broken = undefined;
    await addUser(rig.context, request({ keys: [] }));
    rig.accounts.clear();
    rig.directory.refused = "changeUser";
    rig.context.slurm.removeAssociation = () => Promise.reject(new DirectoryError("busy"));
    expect(formatAdd("ada", await addUser(rig.context, request()))).toBe(
      "changeUser is refused\nNot taken back: ada in Slurm's account users (busy); run the same command again, and it goes on from there.\n",
    );
  });

  it("a list: as many columns as fit, and who cannot log in", async () => {
    const rig = new UserRig();
    await addUser(rig.context, request({ details, keys }));
    await addUser(rig.context, request({ name: "bob", keys: [] }));
    await addUser(rig.context, request({ name: "eve", keys }));
    await rig.directory.lockOut("eve");
    const users = await rig.directory.listUsers();
    const wide = formatUsers(users, { columns: 80, paint: plain });
    expect(wide).toBe(`USER  NUMBER    KEYS  FULL NAME     EMAIL            HOME
ada    10000       1  Ada Lovelace  ada@example.org  /homes/ada
bob    10001    none  Ada Lovelace                   /homes/bob
eve    10002  locked  Ada Lovelace                   /homes/eve

Without a key: 'citc user keys NAME --add FILE' gives one.
Locked, so that nobody logs in: 'citc user add NAME' unlocks.
`);
    const narrow = formatUsers(users, { columns: 30, paint: plain }).split("\n");
    expect(narrow[0]).toBe("USER  NUMBER    KEYS");
    expect(formatUsers([], { columns: 80, paint: plain })).toMatch(/^There are no users/);
  });

  it("a removal: what it would do, and what it did", async () => {
    const rig = new UserRig();
    await addUser(rig.context, request({ details, keys }));
    rig.jobs = [{ jobId: 7, user: "ada", state: "RUNNING" }];
    const asked = { name: "ada", isHomeDeleted: true, isCancelling: true };
    const plan = await removeUser(rig.context, { ...asked, isConfirmed: false });
    if (plan.kind !== "planned") throw new Error(plan.kind);
    expect(formatRemoval(plan, true)).toBe(`ada (10000, Ada Lovelace) would be removed:
  keys   1 key; nobody logs in any more, with a key in the home neither
  logins ended on this computer; on nodes they stay
  jobs   cancelled: 7
  Slurm  all associations; what is in the accounting already stays
  home   /homes/ada: DELETED, with everything in it
  entry  and the group of the same name; the number is not given to others
`);
    rig.sessions.add(10_000);
    const done = await removeUser(rig.context, { ...asked, isConfirmed: true });
    if (done.kind !== "done") throw new Error(done.kind);
    expect(formatRemoval(done, true)).toBe(`ada (10000) is removed.
  logins on this computer: ended
  job    7: cancelled
  Slurm  removed
  home   /homes/ada: removed
  group  ada: removed
  entry  ada: removed
`);
  });

  it("keys: fingerprint, type and comment", async () => {
    const rig = new UserRig();
    await addUser(rig.context, request({ details, keys }));
    const change = { name: "ada", added: [], removed: [] };
    const listed = await changeKeys(rig.context, change);
    if (listed.kind !== "done") throw new Error(listed.kind);
    expect(formatKeys("ada", listed)).toBe(
      `ada has 1 key:\n  ${ED25519_FINGERPRINT} ed25519 ada@laptop\n`,
    );
    const removed = await changeKeys(rig.context, { ...change, removed: ["ada@laptop"] });
    if (removed.kind !== "done") throw new Error(removed.kind);
    expect(formatKeys("ada", removed)).toBe(
      `removed  ${ED25519_FINGERPRINT} ed25519 ada@laptop\nada has no key: nobody can log in as ada.\n`,
    );
    rig.ownKeys.add("ada");
    const own = await changeKeys(rig.context, change);
    if (own.kind !== "done") throw new Error(own.kind);
    expect(formatKeys("ada", own)).toBe(
      "ada has no key in the directory.\n/homes/ada/.ssh/authorized_keys is there: its keys log in too; move it away if they shall not.\n",
    );
    expect(formatKeys("ada", { ...own, isLocked: true })).toMatch(
      /^ada has no key in the directory\.\nada is locked: nobody can log in as ada; .* unlocks\.\n$/,
    );
  });
});
