import { describe, expect, it } from "vitest";
import { addUser } from "../../../../nodectl/commands/user/add-user.ts";
import {
  askedForBy,
  checkImport,
  importUsers,
  type ImportRequest,
} from "../../../../nodectl/commands/user/import-users.ts";
import { formatImportLine } from "../../../../nodectl/commands/user/user-report.ts";
import { key, request, UserRig } from "./user-rig.ts";

function rows(...names: readonly string[]): readonly ImportRequest[] {
  return names.map((name, index) => ({
    ...request({ name, keys: [key(index)] }),
    line: index + 2,
  }));
}

async function run(rig: UserRig, requests: readonly ImportRequest[]) {
  const lines: string[] = [];
  const outcome = await importUsers(
    (it) => addUser(rig.context, it),
    requests,
    (it, row) => lines.push(formatImportLine(`f:${it.line}:`, it.name, row)),
  );
  return { outcome, lines };
}

describe("an import", () => {
  it("makes each row, says so, and leaves all alone the second time", async () => {
    const rig = new UserRig();
    const requests = rows("ada", "bob");
    expect(await checkImport(rig.context, "f", requests)).toEqual([]);
    const { outcome, lines } = await run(rig, requests);
    expect(outcome).toEqual({ kind: "done" });
    expect(lines).toEqual(["f:2: ada: made (10000, 1 key)\n", "f:3: bob: made (10001, 1 key)\n"]);
    const before = rig.state;
    expect((await run(rig, requests)).lines[1]).toBe("f:3: bob: is there (10001, 1 key)\n");
    expect(rig.state).toEqual(before);
  });

  it("finds all rows that disagree with what is there, and makes nothing", async () => {
    const rig = new UserRig();
    await run(rig, rows("ada", "bob", "eve"));
    const before = rig.state;
    const [ada, bob, eve] = rows("ada", "bob", "eve");
    if (ada === undefined || bob === undefined || eve === undefined) throw new Error("no rows");
    const changed = [{ ...ada, number: 10_900 }, bob, { ...eve, keys: [key(99)] }];
    const problems = await checkImport(rig.context, "f", changed);
    expect(problems.map(({ line, fix }) => [line, fix])).toEqual([
      [2, "leave that away, or remove the user first"],
      [4, "'citc user keys eve' shows and changes them"],
    ]);
    expect(rig.state).toEqual(before);
  });

  it("gives no row a number that a later one asks for", async () => {
    const rig = new UserRig();
    const [ada, bob] = rows("ada", "bob");
    if (ada === undefined || bob === undefined) throw new Error("no rows");
    const requests = [ada, { ...bob, number: 10_000 }];
    expect(await checkImport(rig.context, "f", requests)).toEqual([]);
    const askedFor = askedForBy(requests);
    const outcome = await importUsers(
      (it) => addUser(rig.context, it, { askedFor }),
      requests,
      () => undefined,
    );
    expect(outcome).toEqual({ kind: "done" });
    expect(rig.directory.users.get("bob")?.number).toBe(10_000);
  });

  it("is not begun while a side that is needed last does not answer", async () => {
    const rig = new UserRig();
    rig.broken = "accounting";
    await expect(checkImport(rig.context, "f", rows("ada"))).rejects.toThrow("Connection refused");
  });

  it("says of a row that it is locked, and leaves the lock", async () => {
    const rig = new UserRig();
    const requests = rows("ada");
    await run(rig, requests);
    await rig.directory.changeUser("ada", { isLocked: true });
    expect((await run(rig, requests)).lines).toEqual([
      "f:2: ada: is there (10000, 1 key), and locked: 'citc user add ada' unlocks\n",
    ]);
    expect(rig.directory.users.get("ada")?.isLocked).toBe(true);
  });

  it("stops at the first row that fails, and goes on from there the next time", async () => {
    const rig = new UserRig();
    const requests = rows("ada", "bob", "eve");
    const outcome = await importUsers(
      (it) => {
        rig.broken = it.name === "bob" ? "homes" : undefined;
        return addUser(rig.context, it);
      },
      requests,
      () => undefined,
    );
    expect(outcome).toMatchObject({ kind: "stopped", at: { name: "bob" } });
    expect([...rig.directory.users.keys()]).toEqual(["ada"]);
    rig.broken = undefined;
    expect((await run(rig, requests)).outcome).toEqual({ kind: "done" });
    expect([...rig.directory.users.keys()]).toEqual(["ada", "bob", "eve"]);
  });
});
