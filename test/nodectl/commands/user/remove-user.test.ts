import { beforeEach, describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import {
  HALF_DELETED,
  removeUser,
  type RemoveRequest,
} from "../../../../nodectl/commands/user/remove-user.ts";
import { request, UserRig } from "./user-rig.ts";

let rig: UserRig;
let empty: object;
beforeEach(async () => {
  rig = new UserRig();
  empty = rig.state;
  await addUser(rig.context, request());
});

function remove(overrides: Partial<RemoveRequest> = {}) {
  const usual = { name: "ada", isHomeDeleted: false, isCancelling: false, isConfirmed: true };
  return removeUser(rig.context, { ...usual, ...overrides });
}

describe("removeUser()", () => {
  it("only says what it would do until it is confirmed", async () => {
    const before = rig.state;
    expect(await remove({ isConfirmed: false })).toMatchObject({
      kind: "planned",
      user: { name: "ada" },
    });
    expect(rig.state).toEqual(before);
  });

  it("keeps the home, and nothing else", async () => {
    expect(await remove()).toMatchObject({ kind: "done" });
    expect(rig.homes.get("ada")).toBe(10_000);
    rig.homes.delete("ada");
    expect(rig.state).toEqual(empty);
  });

  it("deletes the home when that is asked for", async () => {
    await remove({ isHomeDeleted: true });
    expect(rig.state).toEqual(empty);
  });

  it("leaves a group of that name alone that has another number", async () => {
    rig.directory.groups.set("ada", 12_000);
    await remove();
    expect(rig.directory.groups.get("ada")).toBe(12_000);
  });

  it("refuses while the user has jobs, by name or by number", async () => {
    rig.jobs = [
      { jobId: 7, user: "ada", state: "RUNNING" },
      { jobId: 8, user: "10000", state: "PENDING" },
      { jobId: 9, user: "bob", state: "RUNNING" },
    ];
    const before = rig.state;
    expect(await remove()).toEqual({ kind: "has-jobs", jobIds: ["7", "8"] });
    expect(rig.state).toEqual(before);
  });

  it("cancels the jobs, and waits until they have ended", async () => {
    rig.jobs = [
      { jobId: 7, user: "ada", state: "RUNNING" },
      { jobId: 9, user: "bob", state: "RUNNING" },
    ];
    const startMs = rig.clock.now();
    expect(await remove({ isCancelling: true })).toMatchObject({ kind: "done" });
    expect(rig.clock.now() - startMs).toBeGreaterThanOrEqual(rig.endingMs);
    expect(rig.jobs.map(({ user }) => user)).toEqual(["bob"]);
    expect(rig.cancelled).toEqual(["7"]);
  });

  it("locks the entry, so that a key in the home does not log in either, and saves that at once", async () => {
    rig.broken = "accounting";
    expect(await remove()).toMatchObject({ kind: "failed", isLockedOut: true });
    expect(rig.directory.users.get("ada")).toMatchObject({ keys: [], isLocked: true });
    expect(rig.saved).toBe(2);
  });

  it("ends the logins on this computer, before the jobs that they could start anew", async () => {
    rig.sessions.add(10_000);
    rig.jobs = [{ jobId: 7, user: "ada", state: "RUNNING" }];
    const outcome = await remove({ isCancelling: true });
    expect(rig.sessions.size).toBe(0);
    const parts = outcome.kind === "done" ? outcome.steps.map(({ part }) => part) : [];
    expect(parts.slice(0, 2)).toEqual(["logins", "jobs"]);
  });

  it("keeps the number from others, from before the entry goes", async () => {
    rig.directory.refused = "removeUser";
    await remove({ isHomeDeleted: true });
    expect([...rig.formerNumbers]).toEqual([10_000]);
    await remove({ isHomeDeleted: true });
    const bob = await addUser(rig.context, request({ name: "bob" }));
    expect(bob).toMatchObject({ number: 10_001 });
  });

  it("says that a home that stays was half deleted", async () => {
    rig.homes.set("ada", 0);
    expect(await remove({ isConfirmed: false })).toMatchObject({ isHalfDeleted: true });
    const outcome = await remove();
    const home = outcome.kind === "done" && outcome.steps.find(({ part }) => part === "home");
    expect(home).toEqual({ part: "home", did: "kept", what: `/homes/ada, ${HALF_DELETED}` });
  });

  it("deletes no home that is another one in the directory", async () => {
    const user = rig.directory.users.get("ada");
    if (user !== undefined) rig.directory.users.set("ada", { ...user, home: "/old/ada" });
    const before = rig.state;
    for (const isConfirmed of [false, true])
      expect(await remove({ isHomeDeleted: true, isConfirmed })).toMatchObject({
        kind: "refused",
        message: expect.stringContaining(
          "is /old/ada in the directory, and not /homes/ada",
        ) as string,
      });
    expect(rig.state).toEqual(before);
    expect(await remove()).toMatchObject({ kind: "done" });
  });

  it("gives up after two minutes while jobs do not end; nobody can log in any more", async () => {
    rig.jobs = [{ jobId: 7, user: "ada", state: "RUNNING" }];
    rig.broken = "cancelling";
    const startMs = rig.clock.now();
    expect(await remove({ isCancelling: true })).toMatchObject({ kind: "failed" });
    expect(rig.clock.now() - startMs).toBeLessThanOrEqual(121_000);
    expect(rig.directory.users.get("ada")?.keys).toEqual([]);
    expect(rig.accounts.get("ada")).toEqual(new Set(["users"]));
  });

  it.each(["lockOut", "removeGroup", "removeUser"] as const)(
    "goes on where it ended when the directory refused %s",
    async (method) => {
      rig.directory.refused = method;
      expect(await remove({ isHomeDeleted: true })).toMatchObject({
        kind: "failed",
        isLockedOut: method !== "lockOut",
      });
      expect(rig.directory.users.has("ada")).toBe(true);
      expect(await remove({ isHomeDeleted: true })).toMatchObject({ kind: "done" });
      expect(rig.state).toEqual(empty);
    },
  );

  it("says who there is when there is no such user", async () => {
    expect(await remove({ name: "adda" })).toEqual({ kind: "unknown", known: ["ada"] });
  });
});
