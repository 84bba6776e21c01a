import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import {
  readImportRequests,
  readUserRequest,
  type GivenUser,
} from "../../../../nodectl/cli/citc/user-requests.ts";
import { parseImportFile } from "../../../../nodectl/domain/user/import-file.ts";
import { keyLine } from "../../domain/user/key-samples.ts";

const local = { users: new Set<string>(), groups: new Set<string>() };

/** Every URL gives one key. */
function sources() {
  const asked: unknown[] = [];
  return {
    asked,
    stdin: Readable.from([keyLine(9)]),
    fetch: (url: unknown): Promise<Response> => {
      asked.push(url);
      const isThere = String(url).endsWith(".keys");
      return Promise.resolve(new Response(keyLine(1), { status: isThere ? 200 : 404 }));
    },
  };
}

describe("readUserRequest()", () => {
  it("reads what the command line says, and leaves open what it does not say", async () => {
    expect(await readUserRequest({ name: "ada", keys: [] }, local, sources())).toEqual({
      kind: "valid",
      value: {
        ...{ name: "ada", number: undefined, account: undefined, keys: [] },
        details: { fullName: undefined, email: undefined, shell: undefined },
      },
    });
    const given = { uid: "10005", account: "maths", shell: "/bin/zsh", keys: ["-"] };
    expect(await readUserRequest({ name: "ada", ...given }, local, sources())).toMatchObject({
      value: {
        ...{ number: 10_005, account: "maths", keys: [{ comment: "key 9" }] },
        details: { shell: "/bin/zsh" },
      },
    });
  });

  it.each<[Partial<GivenUser>, RegExp]>([
    [{ name: "Ada" }, /cannot be a user's name/],
    [{ email: "ada" }, /write an address/],
    [{ uid: "1500" }, /1500 is a machine's own number/],
    [{ account: "a,b" }, /account "a,b"; write one/],
    [{ keys: ["https://x/none"] }, /answered with 404/],
  ])("refuses %j, without fetching anything before all else is right", async (given, message) => {
    const web = sources();
    const keys = ["https://x/a.keys"];
    const read = await readUserRequest({ name: "ada", keys, ...given }, local, web);
    expect(read).toMatchObject({ message: expect.stringMatching(message) as string });
    expect(web.asked).toEqual(given.keys ?? []);
  });
});

describe("readImportRequests()", () => {
  const text = `name,keys,account
ada,https://x/ada.keys,maths
bob,https://x/bob,
eve,https://x/eve.keys,
${Array.from({ length: 5 }, (_, index) => `user${index},,\n`).join("")}`;

  it("gives rows their keys and the account that is meant for all, and names what is wrong", async () => {
    const progress: number[] = [];
    const { rows } = parseImportFile(text, "f", local);
    const { requests, problems } = await readImportRequests(
      rows,
      { file: "f", account: "users" },
      { ...sources(), onProgress: (done) => progress.push(done) },
    );
    const shown = requests
      .slice(0, 2)
      .map(({ name, account, keys }) => [...[name, account, keys.length]]);
    expect(shown).toEqual([
      ["ada", "maths", 1],
      ["eve", "users", 1],
    ]);
    expect(problems).toMatchObject([{ file: "f", line: 3, fix: "check the address" }]);
    expect(progress).toEqual([0, 4]);
  });

  it("leaves the account open where none is named", async () => {
    const { rows } = parseImportFile("name\nada\n", "f", local);
    const read = await readImportRequests(rows, { file: "f", account: undefined }, sources());
    expect(read.requests).toMatchObject([{ name: "ada", account: undefined }]);
  });
});
