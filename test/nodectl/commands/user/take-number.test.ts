import { beforeEach, describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import { request, UserRig } from "./user-rig.ts";

let rig: UserRig;
beforeEach(() => {
  rig = new UserRig();
});

/** Somebody else's entry. */
const OTHER = {
  ...{ groupNumber: 10_000, fullName: "Ada Lovelace", email: undefined, home: "/homes/ada" },
  ...{ shell: "/bin/bash", keys: [], isLocked: false },
};

describe("the number that an add takes", () => {
  it("takes the next number when somebody else was faster, past those of groups, homes and this computer", async () => {
    rig.directory.groups.set("project", 10_002);
    rig.homes.set("gone", 10_003);
    let others = 0;
    rig.directory.beforeAddUser = () => {
      others += 1;
      if (others <= 2)
        rig.directory.users.set(`other${others}`, {
          ...OTHER,
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
      rig.directory.users.set(`other${number}`, { ...OTHER, name: `other${number}`, number });
    };
    expect(await addUser(rig.context, request())).toMatchObject({ kind: "refused" });
    expect(rig.directory.users.size).toBe(50);
  });

  it("does not try again and again for a name that the directory has, and does not show", async () => {
    rig.directory.otherEntries.add("ada");
    let attempts = 0;
    rig.directory.beforeAddUser = () => {
      attempts += 1;
    };
    expect(await addUser(rig.context, request())).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/an entry uid=ada below ou=people that is no user/) as string,
    });
    expect(attempts).toBe(1);
  });

  it("makes nothing when another group was faster to take the number", async () => {
    const before = rig.state;
    rig.directory.beforeAddGroup = () => {
      rig.directory.groups.set("project", 10_000);
    };
    expect(await addUser(rig.context, request())).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/the number 10000 is another group's/) as string,
    });
    rig.directory.groups.delete("project");
    expect(rig.state).toEqual(before);
  });

  it("gives no number again that a removed user had, nor one that others ask for", async () => {
    rig.formerNumbers.add(10_004);
    const options = { askedFor: [10_005] };
    expect(await addUser(rig.context, request(), options)).toMatchObject({ number: 10_006 });
    const asked = request({ name: "bob", number: 10_005 });
    expect(await addUser(rig.context, asked, options)).toMatchObject({ number: 10_005 });
  });

  it("gives two who come at once two numbers", async () => {
    const names = ["ada", "bob", "eve"];
    const outcomes = await Promise.all(
      names.map((name) => addUser(rig.context, request({ name }))),
    );
    const numbers = outcomes.map((it) => (it.kind === "done" ? it.number : it.kind));
    expect(new Set(numbers).size).toBe(3);
  });

  it("keeps the number that was asked for, and takes no other", async () => {
    rig.directory.beforeAddUser = () => {
      rig.directory.users.set("other", { ...OTHER, name: "other", number: 12_345 });
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
});
