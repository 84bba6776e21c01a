import { beforeEach, describe, expect, it } from "vitest";
import { addUser, type AddUserOutcome } from "../../../../nodectl/commands/user/add-user.ts";
import { formatKey } from "../../../../nodectl/domain/user/public-key.ts";
import { key, request, UserRig } from "./user-rig.ts";

let rig: UserRig;
beforeEach(() => {
  rig = new UserRig();
});

/** An outcome's steps, shortly. */
function did(outcome: AddUserOutcome): readonly string[] {
  return outcome.kind === "done"
    ? outcome.steps.map((step) => `${step.part} ${step.did}`)
    : [outcome.kind];
}

const ADA = {
  ...{ name: "ada", number: 10_000, groupNumber: 10_000, fullName: "Ada Lovelace" },
  ...{ email: undefined, home: "/homes/ada", shell: "/bin/bash", keys: [formatKey(key(1))] },
  isLocked: false,
};

describe("addUser()", () => {
  it("makes the entry, the group, the home, the association and the keys", async () => {
    const outcome = await addUser(rig.context, request());
    expect(outcome).toMatchObject({ kind: "done", number: 10_000 });
    expect(did(outcome)).toEqual([
      "entry made",
      "group made",
      "home made",
      "account made",
      "keys made",
    ]);
    expect(rig.directory.users.get("ada")).toEqual(ADA);
    expect(rig.directory.groups.get("ada")).toBe(10_000);
    expect([...rig.homes, ...rig.accounts]).toEqual([
      ["ada", 10_000],
      ["ada", new Set(["users"])],
    ]);
    // Before Slurm looks for the number, and when all is there.
    expect(rig.forgotten).toEqual(["ada", "ada"]);
    expect(rig.saved).toBe(1);
  });

  it("changes nothing when it is repeated", async () => {
    await addUser(rig.context, request());
    const before = rig.state;
    const outcome = await addUser(rig.context, request());
    expect(did(outcome)).toEqual([
      "entry there",
      "group there",
      "home there",
      "account there",
      "keys there",
    ]);
    expect(outcome).toMatchObject({ isChanged: false });
    expect([rig.state, rig.saved]).toEqual([before, 1]);
  });

  it("makes nothing in a dry run", async () => {
    const before = rig.state;
    expect(await addUser(rig.context, request(), { isDryRun: true })).toEqual({
      kind: "planned",
      number: 10_000,
      isNew: true,
      isLocked: false,
    });
    expect(rig.state).toEqual(before);
  });

  it("goes on without an association where accounting is off", async () => {
    rig.isAccountingOff = true;
    expect(did(await addUser(rig.context, request()))).toContain("account off");
    expect(rig.directory.users.get("ada")?.keys).toHaveLength(1);
  });

  it.each(["group", "home", "account", "keys"] as const)(
    "finishes what a run left that was killed before its %s",
    async (part) => {
      await addUser(rig.context, request());
      const whole = rig.state;
      const parts = ["group", "home", "account", "keys"];
      for (const missing of parts.slice(parts.indexOf(part))) {
        if (missing === "group") rig.directory.groups.delete("ada");
        if (missing === "home") rig.homes.delete("ada");
        if (missing === "account") rig.accounts.delete("ada");
        if (missing === "keys") rig.directory.users.set("ada", { ...ADA, keys: [] });
      }
      expect(did(await addUser(rig.context, request()))).toContain(`${part} made`);
      expect(rig.state).toEqual(whole);
    },
  );

  it("gives a home that was kept back to its user, with its number", async () => {
    rig.homes.set("ada", 10_050);
    const outcome = await addUser(rig.context, request());
    expect(outcome).toMatchObject({ kind: "done", number: 10_050, ownKeys: undefined });
    expect(did(outcome)).toContain("home there");
  });

  it("says that a home that was kept has keys of its own", async () => {
    rig.homes.set("ada", 10_050);
    rig.ownKeys.add("ada");
    const outcome = await addUser(rig.context, request());
    expect(outcome).toMatchObject({ ownKeys: "/homes/ada/.ssh/authorized_keys" });
    expect(await addUser(rig.context, request())).toMatchObject({ ownKeys: undefined });
  });

  it("lifts a lock with the keys, of somebody who is named alone", async () => {
    rig.directory.users.set("ada", { ...ADA, keys: [], isLocked: true });
    rig.homes.set("ada", 10_000);
    rig.ownKeys.add("ada");
    const left = await addUser(rig.context, request({ keys: [] }));
    expect(did(left)).toContain("lock kept");
    expect(rig.directory.users.get("ada")?.isLocked).toBe(true);
    const lifted = await addUser(rig.context, request(), { isUnlocking: true });
    expect(did(lifted)).toContain("lock removed");
    expect(lifted).toMatchObject({ isChanged: true, ownKeys: "/homes/ada/.ssh/authorized_keys" });
    expect(rig.directory.users.get("ada")).toEqual(ADA);
  });

  it("leaves the shell and the accounts alone that somebody has, when none is asked for", async () => {
    rig.directory.users.set("ada", { ...ADA, shell: "/bin/zsh" });
    rig.accounts.set("ada", new Set(["maths", "physics"]));
    const details = { ...request().details, shell: undefined };
    const outcome = await addUser(rig.context, request({ details, account: undefined }));
    expect(did(outcome)).toContain("account there");
    expect(rig.directory.users.get("ada")?.shell).toBe("/bin/zsh");
    expect(rig.accounts.get("ada")).toEqual(new Set(["maths", "physics"]));
  });

  it("gives the usual shell and account to somebody who is new", async () => {
    const details = { ...request().details, shell: undefined };
    await addUser(rig.context, request({ details, account: undefined }));
    expect(rig.directory.users.get("ada")).toEqual(ADA);
    expect(rig.accounts.get("ada")).toEqual(new Set(["users"]));
  });

  it.each([
    [
      "another name",
      (): unknown => rig.directory.users.set("ada", { ...ADA, fullName: "Ada King" }),
      {},
      /full name is "Ada King", not "Ada Lovelace"/,
    ],
    [
      "other keys",
      (): unknown => rig.directory.users.set("ada", { ...ADA, keys: [formatKey(key(9))] }),
      {},
      /with other keys; 'citc user keys ada'/,
    ],
    [
      "another home",
      (): unknown => rig.directory.users.set("ada", { ...ADA, home: "/old/ada" }),
      {},
      /the home \/old\/ada and not/,
    ],
    [
      "a home of somebody else's",
      (): void => {
        rig.directory.users.set("ada", ADA);
        rig.homes.set("ada", 7);
      },
      {},
      /belongs to 7, and ada is 10000/,
    ],
    [
      "a group of another number",
      (): void => {
        rig.directory.users.set("ada", ADA);
        rig.directory.groups.set("ada", 7);
      },
      {},
      /a group ada is there with the number 7/,
    ],
    [
      "a group alone",
      (): unknown => rig.directory.groups.set("ada", 12_000),
      {},
      /a group ada is in the directory already/,
    ],
    ["a home of root's", (): unknown => rig.homes.set("ada", 0), {}, /belongs to root/],
    [
      "a home of a local account's",
      (): unknown => rig.homes.set("ada", 1000),
      {},
      /who is somebody else/,
    ],
    [
      "a home with a number that no machine takes",
      (): unknown => rig.homes.set("ada", 1500),
      {},
      /belongs to 1500, which no machine takes .*; chown -R it to one from 10000 on/,
    ],
    [
      "somebody with a number that no machine takes",
      (): unknown => rig.directory.users.set("ada", { ...ADA, number: 1500 }),
      {},
      /no machine takes one below 10000 from the directory/,
    ],
    [
      "a home and another number",
      (): unknown => rig.homes.set("ada", 10_050),
      { number: 10_060 },
      /belongs to 10050, not to 10060/,
    ],
    [
      "a number of the system's",
      (): unknown => undefined,
      { number: 1000 },
      /1000 is a user's, a group's or a home's/,
    ],
  ] as const)("refuses %s, and makes nothing", async (_what, prepare, overrides, message) => {
    prepare();
    const before = rig.state;
    const outcome = await addUser(rig.context, request(overrides));
    expect(outcome).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(message) as string,
    });
    expect(rig.state).toEqual(before);
  });

  it("takes a key with another comment for the same", async () => {
    await addUser(rig.context, request());
    expect(await addUser(rig.context, request({ keys: [key(1, "elsewhere")] }))).toMatchObject({
      kind: "done",
    });
    expect(rig.directory.users.get("ada")?.keys).toEqual(ADA.keys);
  });
});
