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
      ["ada", "users"],
    ]);
    expect(rig.forgotten).toEqual(["ada"]);
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
    expect(rig.state).toEqual(before);
  });

  it("makes nothing in a dry run", async () => {
    const before = rig.state;
    expect(await addUser(rig.context, request(), { isDryRun: true })).toEqual({
      kind: "planned",
      number: 10_000,
      isNew: true,
    });
    expect(rig.state).toEqual(before);
  });

  it("goes on without an association where accounting is off", async () => {
    rig.isAccountingOff = true;
    expect(did(await addUser(rig.context, request()))).toContain("account off");
    expect(rig.directory.users.get("ada")?.keys).toHaveLength(1);
  });

  it.each(["addGroup", "addKeys"] as const)(
    "takes everything back when the directory refuses %s",
    async (method) => {
      const before = rig.state;
      rig.directory.refused = method;
      expect(await addUser(rig.context, request())).toMatchObject({
        kind: "failed",
        isTakenBack: true,
        left: [],
      });
      expect(rig.state).toEqual(before);
    },
  );

  it.each(["homes", "accounting"] as const)(
    "takes everything back when %s refuse",
    async (side) => {
      const before = rig.state;
      rig.broken = side;
      expect(await addUser(rig.context, request())).toMatchObject({ kind: "failed", left: [] });
      expect(rig.state).toEqual(before);
    },
  );

  it("takes back only what this run has made", async () => {
    await addUser(rig.context, request({ keys: [] }));
    rig.homes.delete("ada");
    rig.broken = "accounting";
    expect(await addUser(rig.context, request())).toMatchObject({ kind: "failed" });
    expect(rig.directory.users.has("ada")).toBe(true);
    expect(rig.homes.has("ada")).toBe(false);
  });

  it("names what it could not take back, and the same command goes on from there", async () => {
    rig.broken = "accounting";
    rig.context.homes.remove = () => {
      rig.directory.refused = "removeGroup";
      return Promise.resolve(true);
    };
    const outcome = await addUser(rig.context, request());
    expect(outcome).toMatchObject({
      kind: "failed",
      left: [expect.stringMatching(/^the group ada/)],
    });
  });

  it("throws what nobody reckoned with, and has taken back what was made", async () => {
    rig.context.slurm.associate = () => Promise.reject(new TypeError("a defect"));
    const before = rig.state;
    await expect(addUser(rig.context, request())).rejects.toThrow("a defect");
    expect(rig.state).toEqual(before);
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

  it("takes the next number when somebody else was faster, past those of groups, homes and this computer", async () => {
    rig.directory.groups.set("project", 10_002);
    rig.homes.set("gone", 10_003);
    let others = 0;
    rig.directory.beforeAddUser = () => {
      others += 1;
      if (others <= 2)
        rig.directory.users.set(`other${others}`, {
          ...ADA,
          name: `other${others}`,
          number: 10_003 + others,
        });
    };
    const local = { users: [], groups: [{ name: "hpc", number: 10_001 }] };
    const outcome = await addUser({ ...rig.context, local }, request());
    expect(outcome).toMatchObject({ kind: "done", number: 10_006 });
  });

  it("gives up after 50 numbers", async () => {
    let number = 9_999;
    rig.directory.beforeAddUser = () => {
      number += 1;
      rig.directory.users.set(`other${number}`, { ...ADA, name: `other${number}`, number });
    };
    expect(await addUser(rig.context, request())).toMatchObject({ kind: "refused" });
    expect(rig.directory.users.size).toBe(50);
  });

  it("gives two who come at once two numbers", async () => {
    const names = ["ada", "bob", "eve"];
    const outcomes = await Promise.all(
      names.map((name) => addUser(rig.context, request({ name }))),
    );
    const numbers = outcomes.map((it) => (it.kind === "done" ? it.number : it.kind));
    expect(new Set(numbers).size).toBe(3);
  });

  it("gives a home that was kept back to its user, with its number", async () => {
    rig.homes.set("ada", 10_050);
    const outcome = await addUser(rig.context, request());
    expect(outcome).toMatchObject({ kind: "done", number: 10_050 });
    expect(did(outcome)).toContain("home there");
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

  it("keeps the number that was asked for, and takes no other", async () => {
    rig.directory.beforeAddUser = () => {
      rig.directory.users.set("other", { ...ADA, name: "other", number: 12_345 });
    };
    expect(await addUser(rig.context, request({ number: 12_345 }))).toMatchObject({
      kind: "refused",
    });
    rig.directory.beforeAddUser = undefined;
    expect(await addUser(rig.context, request({ number: 12_346 }))).toMatchObject({
      kind: "done",
      number: 12_346,
    });
  });

  it("takes a key with another comment for the same", async () => {
    await addUser(rig.context, request());
    expect(await addUser(rig.context, request({ keys: [key(1, "elsewhere")] }))).toMatchObject({
      kind: "done",
    });
    expect(rig.directory.users.get("ada")?.keys).toEqual(ADA.keys);
  });
});
