import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UserDirectory } from "../../../nodectl/directory/directory.ts";
import { createLdapDirectory } from "../../../nodectl/directory/ldap-directory.ts";

/** Real little programs that note what they are given, and end as they are told. */
const PROGRAM = String.raw`#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls.txt"
case "$0" in *modify) cat >> "$here/ldif.txt"; echo ==== >> "$here/ldif.txt" ;; esac
cat "$here/answer.txt"
cat "$here/complaint.txt" >&2
code=$(head -n 1 "$here/codes.txt")
sed -i 1d "$here/codes.txt"
exit "\${code:-0}"
`.replace("\\$", "$");

let bin: string;
let directory: UserDirectory;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "ldap-utils-"));
  for (const program of ["ldapsearch", "ldapmodify"]) {
    writeFileSync(join(bin, program), PROGRAM);
    chmodSync(join(bin, program), 0o755);
  }
  for (const name of ["calls", "ldif", "answer", "complaint", "codes"]) set(name, "");
  directory = createLdapDirectory({
    ...{ binDirectory: bin, socket: "/run/slapd-citc.socket", suffix: "dc=citc,dc=internal" },
  });
});

afterEach(() => {
  rmSync(bin, { recursive: true });
});

function set(name: string, text: string): void {
  writeFileSync(join(bin, `${name}.txt`), text);
}

/** The next calls end so, with these words. */
function answer(codes: readonly number[], complaint = ""): void {
  set("codes", codes.map((code) => `${code}\n`).join(""));
  set("complaint", complaint);
}

function read(name: string): string {
  return readFileSync(join(bin, `${name}.txt`), "utf8");
}

const ADA = {
  ...{ name: "ada", number: 10_000, groupNumber: 10_000, fullName: "Zoë\nuidNumber: 0" },
  ...{ email: "ada@example.org", home: "/mnt/shared/home/ada", shell: "/bin/bash" },
};

describe("the directory by ldap-utils", () => {
  it("adds a user by one record on standard input, in which no value is read as LDIF", async () => {
    expect(await directory.addUser(ADA)).toBe("added");
    const name = Buffer.from(ADA.fullName).toString("base64");
    expect(read("ldif")).toBe(`dn: uid=ada,ou=people,dc=citc,dc=internal
changetype: add
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: inetOrgPerson
objectClass: posixAccount
objectClass: nsAccount
uid: ada
cn:: ${name}
sn:: ${name}
uidNumber: 10000
gidNumber: 10000
homeDirectory: /mnt/shared/home/ada
loginShell: /bin/bash
mail: ada@example.org
====
`);
    expect(read("calls")).toBe("-Y EXTERNAL -Q -H ldapi://%2Frun%2Fslapd-citc.socket\n");
  });

  it.each([
    [68, "ldap_add: Already exists (68)", "name-taken"],
    [
      19,
      'ldap_add: Constraint violation (19)\n\tadditional info: … (attribute: "uidNumber ")',
      "number-taken",
    ],
    [
      19,
      'ldap_add: Constraint violation (19)\n\tadditional info: … (attribute: "uid ")',
      "name-taken",
    ],
  ])("tells who was faster by the result %d", async (code, complaint, outcome) => {
    answer([code], complaint);
    expect(await directory.addUser(ADA)).toBe(outcome);
  });

  it("tells that a group's number is another group's", async () => {
    answer([19], 'Constraint violation (19)\n\tadditional info: … (attribute: "gidNumber ")');
    expect(await directory.addGroup("ada", 10_000)).toBe("number-taken");
  });

  it("throws a constraint that is none of these", async () => {
    answer([19], "Constraint violation (19); nsslapd-sizelimit");
    await expect(directory.addUser(ADA)).rejects.toThrow(/refused uid=ada.*sizelimit/);
  });

  it("reads users, in the order of their names, and groups", async () => {
    set(
      "answer",
      `dn: uid=bob,ou=people
uid: bob
cn: Bob
uidNumber: 10001
gidNumber: 10001
homeDirectory: /h/bob
loginShell: /bin/sh
nsSshPublicKey: one
nsSshPublicKey: two
nsAccountLock: TRUE

dn: uid=ada,ou=people
uid: ada
cn:: Wm/Dqw==
uidNumber: 10000
gidNumber: 10000
homeDirectory: /h/ada
loginShell: /bin/sh
`,
    );
    const users = await directory.listUsers();
    const shown = users.map(({ name, fullName, keys, isLocked }) => [
      ...[name, fullName, keys, isLocked],
    ]);
    expect(shown).toEqual([
      ["ada", "Zoë", [], false],
      ["bob", "Bob", ["one", "two"], true],
    ]);
    expect(read("calls")).toContain(
      "-LLL -o ldif-wrap=no -s one -b ou=people,dc=citc,dc=internal (objectClass=posixAccount) * nsAccountLock\n",
    );
    set("answer", "dn: cn=ada,ou=groups\ncn: ada\ngidNumber: 10000\n");
    expect(await directory.listGroups()).toEqual([{ name: "ada", number: 10_000 }]);
    set("answer", "dn: cn=ada,ou=groups\ncn: ada\n");
    await expect(directory.listGroups()).rejects.toThrow("cn=ada,ou=groups has no gidnumber");
  });

  it("changes an entry by one record, so that all of it is made or nothing", async () => {
    const change = { addedKeys: ["a", "b"], removedKeys: ["c"], isLocked: false };
    await directory.changeUser("ada", change);
    expect(read("ldif")).toBe(`dn: uid=ada,ou=people,dc=citc,dc=internal
changetype: modify
delete: nsSshPublicKey
nsSshPublicKey: c
-
add: nsSshPublicKey
nsSshPublicKey: a
nsSshPublicKey: b
-
replace: nsAccountLock
-
====
`);
  });

  it.each([16, 20, 32])("says by the result %d that somebody else was faster", async (code) => {
    answer([code], "ldap_modify: no");
    await expect(directory.changeUser("ada", { removedKeys: ["c"] })).rejects.toThrow(
      /changed by somebody else meanwhile; nothing was changed/,
    );
  });

  it("locks an entry and takes all its keys by one record, whatever they are", async () => {
    await directory.lockOut("ada");
    expect(read("ldif")).toBe(`dn: uid=ada,ou=people,dc=citc,dc=internal
changetype: modify
replace: nsSshPublicKey
-
replace: nsAccountLock
nsAccountLock: true
-
====
`);
  });

  it("removes what is there, and says when it was not", async () => {
    expect(await directory.removeUser("ada")).toBe(true);
    answer([32], "ldap_delete: No such object (32)");
    expect(await directory.removeGroup("ada")).toBe(false);
    answer([68], "ldap_add: Already exists (68)");
    expect(await directory.addGroup("ada", 10_000)).toBe("name-taken");
  });

  it.each([
    [
      255,
      "ldap_sasl_interactive_bind: Can't contact LDAP server (-1)",
      /cannot be reached \(\/run\/slapd-citc\.socket\).*systemctl status dirsrv@citc/,
    ],
    [48, "Inappropriate authentication (48)", /only root may change/],
    [
      53,
      "ldap_add: Server is unwilling to perform (53)\n\tadditional info: database is read-only",
      /refused: .*; additional info: database is read-only/,
    ],
  ])("explains the result %d", async (code, complaint, message) => {
    answer([code], complaint);
    await expect(directory.addGroup("ada", 1)).rejects.toThrow(message);
  });

  it("says which package is missing", async () => {
    rmSync(join(bin, "ldapsearch"));
    await expect(directory.listUsers()).rejects.toThrow(/ENOENT.*install the package ldap-utils/);
  });
});
