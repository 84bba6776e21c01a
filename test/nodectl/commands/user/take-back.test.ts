import { beforeEach, describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import { HomeDirectoryError } from "../../../../nodectl/files/home-directory.ts";
import { slurmError } from "../slurm-error.ts";
import { request, UserRig } from "./user-rig.ts";

let rig: UserRig;
beforeEach(() => {
  rig = new UserRig();
});

describe("an add that fails", () => {
  it.each(["addGroup", "changeUser"] as const)(
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

  it.each(["homes", "associating"] as const)(
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

  it.each([
    ["the association", ["ada in Slurm's account users (", "/homes/ada", "the group ada"]],
    ["the home", ["/homes/ada (", "the group ada", "the entry of ada"]],
    ["the group", ["the group ada (", "the entry of ada"]],
  ] as const)(
    "keeps all from %s on that it could not take back, and the same command goes on from there",
    async (what, left) => {
      rig.directory.refused = "changeUser";
      const { slurm, homes } = rig.context;
      const remove = homes.remove.bind(homes);
      const removeAssociation = slurm.removeAssociation.bind(slurm);
      if (what === "the association")
        slurm.removeAssociation = () => Promise.reject(slurmError("no", "sacctmgr"));
      if (what === "the home") homes.remove = () => Promise.reject(new HomeDirectoryError("busy"));
      if (what === "the group")
        homes.remove = (...words) => {
          rig.directory.refused = "removeGroup";
          return remove(...words);
        };
      const outcome = await addUser(rig.context, request());
      if (outcome.kind !== "failed") throw new Error(outcome.kind);
      for (const [index, text] of left.entries()) expect(outcome.left[index]).toContain(text);
      expect(outcome.left.at(-1)).toBe("the entry of ada");
      Object.assign(homes, { remove });
      Object.assign(slurm, { removeAssociation });
      expect(await addUser(rig.context, request())).toMatchObject({ kind: "done" });
      expect(rig.directory.users.get("ada")?.keys).toHaveLength(1);
    },
  );

  it("takes back no association that was there before", async () => {
    rig.accounts.set("ada", new Set(["maths"]));
    rig.directory.refused = "changeUser";
    expect(await addUser(rig.context, request({ account: "users" }))).toMatchObject({
      kind: "failed",
    });
    expect(rig.accounts.get("ada")).toEqual(new Set(["maths"]));
  });

  it.each(["accounting", "skeleton"] as const)(
    "finds the %s missing before anything is made, in a dry run too",
    async (side) => {
      rig.broken = side;
      rig.directory.refused = "addUser";
      for (const isDryRun of [true, false])
        expect(await addUser(rig.context, request(), { isDryRun })).toMatchObject({
          kind: "failed",
          isTakenBack: false,
          message: expect.stringMatching(/systemctl status slurmdbd|skel is not there/) as string,
        });
      expect(rig.directory.refused).toBe("addUser");
    },
  );

  it("throws what nobody reckoned with, and has taken back what was made", async () => {
    rig.context.slurm.associate = () => Promise.reject(new TypeError("a defect"));
    const before = rig.state;
    await expect(addUser(rig.context, request())).rejects.toThrow("a defect");
    expect(rig.state).toEqual(before);
  });
});
