import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAccount } from "../../../../nodectl/domain/user/account-name.ts";
import { parseAccountFile } from "../../../../nodectl/domain/user/account-file.ts";
import { readUserName } from "../../../../nodectl/domain/user/user-name.ts";
import {
  nextNumber,
  NUMBER_FIRST,
  readUserNumber,
} from "../../../../nodectl/domain/user/user-number.ts";
import { differenceOf, readDetails } from "../../../../nodectl/domain/user/user-entry.ts";

const local = { users: new Set(["backuppc"]), groups: new Set(["hpcadmins"]) };

function messageOf(text: string): string {
  const read = readUserName(text, local);
  return read.kind === "invalid" ? read.message : "valid";
}

describe("readUserName()", () => {
  it.each(["a", "ada", "a-b_c9", "x".repeat(31)])("takes %s", (name) => {
    expect(readUserName(name, local)).toEqual({ kind: "valid", value: name });
  });

  it.each([
    ["", /write 1 to 31 of a-z/],
    ["x".repeat(32), /first: x{31}$/],
    ["Ada", /first: ada$/],
    ["a.smith", /first: a-smith$/],
    ["Zoë Müller", /first: zoe-muller$/],
    ["9lives", /first: lives$/],
    ["-x", /first: x$/],
    ["$(reboot)", /first: reboot$/],
    ["ada\n", /"ada\\u\{a\}"/],
    ["ada/../root", /cannot be a user's name/],
    ["☃", /a letter first$/],
    ["root", /reserved for the system; write another name, such as root-user/],
    ["opc", /reserved/],
    ["users", /reserved/],
    ["systemd-oom", /reserved/],
    [
      "backuppc",
      /an account of this computer itself .*; write another name, such as backuppc-user/,
    ],
    ["hpcadmins", /a group of this computer itself/],
  ])("refuses %j and says what to write", (name, message) => {
    expect(messageOf(name)).toMatch(message);
  });
});

describe("parseAccountFile()", () => {
  it("reads names and numbers of passwd and group, and passes over what is neither", () => {
    const text = "root:x:0:0:root:/root:/bin/sh\n+::::::\n# x\nstaff:x:50:\n\n";
    expect(parseAccountFile(text)).toEqual([
      { name: "root", number: 0 },
      { name: "staff", number: 50 },
    ]);
  });
});

describe("numbers", () => {
  it("begin at 10000, and go on after the highest, so that none is given again soon", () => {
    expect(nextNumber(new Set([0, 1000]))).toBe(10_000);
    expect(nextNumber(new Set([10_000, 10_007, 65_534]))).toBe(10_008);
  });

  it("are filled up when the highest is reached, and end when all are taken", () => {
    expect(nextNumber(new Set([10_000, 59_999]))).toBe(10_001);
    const all = new Set(Array.from({ length: 50_000 }, (_, index) => 10_000 + index));
    expect(nextNumber(all)).toBeUndefined();
  });

  it.each(["10000", "59999", "65536", "2000000000"])("may be given: %s", (text) => {
    expect(readUserNumber(text)).toEqual({ kind: "valid", value: Number(text) });
  });

  it.each(["0", "999", "9999", "60000", "65535", "4294967295", "1e4", "-1", " 1000", "0x400", ""])(
    "may not be given: %j",
    (text) => {
      expect(readUserNumber(text)).toMatchObject({
        message: expect.stringContaining("write 10000 to 59999") as string,
      });
    },
  );

  it("begin where every machine's sssd does: what is lower none takes from the directory", () => {
    const file = new URL("../../../../ansible/roles/sssd/defaults/main.yml", import.meta.url);
    const [, minimum] = /^sssd_id_min: (\d+)$/m.exec(readFileSync(file, "utf8")) ?? [];
    expect(Number(minimum)).toBe(NUMBER_FIRST);
    expect(readUserNumber(String(NUMBER_FIRST - 1))).toMatchObject({
      message: expect.stringMatching(/9999 is a machine's own number.*chown -R/) as string,
    });
  });
});

describe("readAccount()", () => {
  it("takes one of Slurm's accounts", () => {
    expect(readAccount("maths-2.b")).toEqual({ kind: "valid", value: "maths-2.b" });
  });

  it.each(["a,b", "", "Maths", "a b", "-x", "x".repeat(41), "\u001b[2J"])("refuses %j", (text) => {
    const read = readAccount(text);
    expect(read).toMatchObject({ message: expect.stringMatching(/; write one, of a-z/) as string });
    expect(JSON.stringify(read)).not.toContain("\\u001b");
  });
});

describe("readDetails()", () => {
  it("takes empty texts for none, and trims", () => {
    expect(readDetails({ fullName: "  Ada  ", email: "", shell: " " })).toEqual({
      kind: "valid",
      value: { fullName: "Ada", email: undefined, shell: undefined },
    });
  });

  it.each([
    [{ fullName: "a:b" }, /full name "a:b"/],
    [{ fullName: "a\nb" }, /in one line/],
    [{ fullName: "x".repeat(101) }, /at most 100/],
    [{ email: "ada" }, /ada@example.org/],
    [{ email: "ada @x" }, /write an address/],
    [{ shell: "bash" }, /absolute path/],
    [{ shell: "/bin/ba sh" }, /absolute path/],
  ])("refuses %j", (given, message) => {
    expect(readDetails(given)).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});

describe("differenceOf()", () => {
  const user = {
    ...{ name: "ada", number: 10_000, groupNumber: 10_000, fullName: "Ada", email: undefined },
    ...{ home: "/mnt/shared/home/ada", shell: "/bin/bash", keys: [], isLocked: false },
  };
  it("is none where nothing was asked for", () => {
    expect(differenceOf(user, { number: undefined })).toBeUndefined();
    const zsh = { ...user, shell: "/bin/zsh" };
    const details = readDetails({ fullName: "Ada" });
    if (details.kind === "invalid") throw new Error(details.message);
    expect(differenceOf(zsh, { ...details.value, number: undefined })).toBeUndefined();
  });
  it("names everything that differs", () => {
    const wanted = { number: 10_001, fullName: "Ada King", email: "a@b", shell: "/bin/zsh" };
    expect(differenceOf(user, wanted)).toBe(
      'number is "10000", not "10001", full name is "Ada", not "Ada King", email is "none", not "a@b", shell is "/bin/bash", not "/bin/zsh"',
    );
  });
});
