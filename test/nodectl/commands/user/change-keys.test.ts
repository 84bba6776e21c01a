import { beforeEach, describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import { changeKeys, type KeyChange } from "../../../../nodectl/commands/user/change-keys.ts";
import { formatKey } from "../../../../nodectl/domain/user/public-key.ts";
import { key, request, UserRig } from "./user-rig.ts";

let rig: UserRig;
beforeEach(async () => {
  rig = new UserRig();
  await addUser(rig.context, request({ keys: [key(1), key(2), key(3, "same"), key(4, "same")] }));
  rig.forgotten.length = 0;
});

function change(overrides: Partial<KeyChange>) {
  return changeKeys(rig.context, { name: "ada", added: [], removed: [], ...overrides });
}

function keys(): readonly string[] {
  return rig.directory.users.get("ada")?.keys ?? [];
}

describe("changeKeys()", () => {
  it("lists, and changes nothing", async () => {
    const outcome = await change({});
    expect(outcome.kind === "done" && outcome.keys.map((it) => it.key?.comment)).toEqual([
      "key 1",
      "key 2",
      "same",
      "same",
    ]);
    expect(rig.forgotten).toEqual([]);
  });

  it("adds what is not there yet, and removes by fingerprint or comment", async () => {
    const outcome = await change({
      added: [key(1, "again"), key(5)],
      removed: ["key 2", key(3).fingerprint, key(4).fingerprint.replace("SHA256:", "")],
    });
    expect(outcome.kind === "done" && outcome.added).toEqual([key(5)]);
    expect(keys()).toEqual([formatKey(key(1)), formatKey(key(5))]);
    expect([rig.forgotten, rig.saved]).toEqual([["ada"], 2]);
  });

  it("removes a key once that is named by its fingerprint and its comment", async () => {
    const outcome = await change({ removed: ["key 2", key(2).fingerprint] });
    expect(outcome).toMatchObject({ kind: "done", removed: [{ line: formatKey(key(2)) }] });
    expect(keys()).toHaveLength(3);
  });

  it("changes nothing of both when the directory refuses", async () => {
    const before = keys();
    rig.directory.refused = "changeUser";
    const outcome = await change({ added: [key(5)], removed: ["key 2"] });
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(keys()).toEqual(before);
  });

  it("says that a home has keys of its own, and that an entry is locked", async () => {
    expect(await change({})).toMatchObject({ ownKeys: undefined, isLocked: false });
    rig.ownKeys.add("ada");
    await rig.directory.changeUser("ada", { isLocked: true });
    expect(await change({})).toMatchObject({
      ...{ ownKeys: "/homes/ada/.ssh/authorized_keys", isLocked: true },
    });
  });

  it.each([
    [["nobody@nowhere"], /no key with the fingerprint or comment "nobody@nowhere"/],
    [["same"], /2 keys of ada have the comment "same"; give the fingerprint/],
    [["key 1", ""], /no key with/],
  ])("refuses %j as a whole", async (removed, message) => {
    const before = keys();
    expect(await change({ added: [key(6)], removed })).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(message) as string,
    });
    expect(keys()).toEqual(before);
  });

  it("removes a line that is no key by the line itself", async () => {
    const user = rig.directory.users.get("ada");
    if (user !== undefined)
      rig.directory.users.set("ada", { ...user, keys: ["ssh-dss AAAA", ...user.keys] });
    await change({ removed: ["ssh-dss AAAA"] });
    expect(keys()).toHaveLength(4);
  });

  it("allows 50 keys", async () => {
    const many = Array.from({ length: 46 }, (_, index) => key(100 + index));
    expect(await change({ added: [...many, key(200)] })).toMatchObject({ kind: "refused" });
    expect(await change({ added: many })).toMatchObject({ kind: "done" });
    expect(keys()).toHaveLength(50);
  });

  it("says the directory's words when it refuses", async () => {
    rig.directory.refused = "changeUser";
    expect(await change({ added: [key(7)] })).toEqual({
      kind: "failed",
      message: "changeUser is refused",
    });
  });
});
