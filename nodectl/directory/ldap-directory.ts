import {
  escapeDn,
  ldifAdd,
  ldifChange,
  ldifDelete,
  parseLdif,
  type LdifEntry,
} from "../domain/user/ldif.ts";
import type { DirectoryUser } from "../domain/user/user-entry.ts";
import { DirectoryError, type AddOutcome, type NewUser, type UserDirectory } from "./directory.ts";
import { LDAP, modify, search, type LdapOptions } from "./run-ldap.ts";

export interface LdapDirectoryOptions extends LdapOptions {
  /** e.g. dc=citc,dc=internal; people and groups are in ou=people and ou=groups below it. */
  readonly suffix: string;
}

/** UserDirectory by ldapsearch and ldapmodify, as the root of this computer (SASL EXTERNAL over the directory's socket). */
export function createLdapDirectory(options: LdapDirectoryOptions): UserDirectory {
  const people = `ou=people,${options.suffix}`;
  const groups = `ou=groups,${options.suffix}`;
  const userDn = (name: string): string => `uid=${escapeDn(name)},${people}`;
  const groupDn = (name: string): string => `cn=${escapeDn(name)},${groups}`;
  return {
    listUsers: async () =>
      parseLdif(await search(options, people, "(objectClass=posixAccount)"))
        .map(toUser)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    listGroups: async () =>
      parseLdif(await search(options, groups, "(objectClass=posixGroup)")).map((entry) => ({
        name: entry.attributes.get("cn")?.[0] ?? "",
        number: numberIn(entry, "gidnumber"),
      })),
    addUser: (user) => addUser(options, userDn(user.name), user),
    addGroup: async (name, number) => {
      const { code } = await modify(options, groupLdif(groupDn(name), name, number), [LDAP.exists]);
      return code === LDAP.exists ? "name-taken" : "added";
    },
    addKeys: (name, keys) =>
      changeKeys(options, { dn: userDn(name), operation: "add", keys, asWanted: LDAP.valueExists }),
    removeKeys: (name, keys) =>
      changeKeys(options, { dn: userDn(name), operation: "delete", keys, asWanted: LDAP.noValue }),
    removeUser: (name) => remove(options, userDn(name)),
    removeGroup: (name) => remove(options, groupDn(name)),
  };
}

const KEY = "nsSshPublicKey";

/** nsAccount is what 389ds lets an nsSshPublicKey stand in (seen on 2.3.1 and 3.1.2). */
const USER_CLASSES = [
  "top",
  "person",
  "organizationalPerson",
  "inetOrgPerson",
  "posixAccount",
  "nsAccount",
];

async function addUser(options: LdapOptions, dn: string, user: NewUser): Promise<AddOutcome> {
  const attributes: (readonly [string, string])[] = [
    ...USER_CLASSES.map((it) => ["objectClass", it] as const),
    ["uid", user.name],
    ["cn", user.fullName],
    // inetOrgPerson must have one; nobody's parts of a name can be told from outside.
    ["sn", user.fullName],
    ["uidNumber", String(user.number)],
    ["gidNumber", String(user.groupNumber)],
    ["homeDirectory", user.home],
    ["loginShell", user.shell],
    ...(user.email === undefined ? [] : [["mail", user.email] as const]),
  ];
  const { code, said } = await modify(options, ldifAdd(dn, attributes), [
    LDAP.exists,
    LDAP.constraint,
  ]);
  if (code === LDAP.exists) return "name-taken";
  if (code !== LDAP.constraint) return "added";
  // 389ds names the attribute whose value another entry has, with a blank behind it: (attribute: "uidNumber ").
  const [, attribute = ""] = /attribute: "(\w+) *"/i.exec(said) ?? [];
  if (attribute.toLowerCase() === "uidnumber") return "number-taken";
  if (attribute.toLowerCase() === "uid") return "name-taken";
  throw new DirectoryError(`the directory refused ${dn}: ${said}`);
}

function groupLdif(dn: string, name: string, number: number): string {
  return ldifAdd(dn, [
    ["objectClass", "top"],
    ["objectClass", "posixGroup"],
    ["cn", name],
    ["gidNumber", String(number)],
  ]);
}

interface KeyChange {
  readonly dn: string;
  readonly operation: "add" | "delete";
  readonly keys: readonly string[];
  /** The directory's answer when one of them is as wanted already. */
  readonly asWanted: number;
}

/** All or none, unless somebody else has changed the same keys meanwhile. */
async function changeKeys(
  options: LdapOptions,
  { dn, operation, keys, asWanted }: KeyChange,
): Promise<void> {
  const { code } = await modify(options, ldifChange(dn, operation, KEY, keys), [asWanted]);
  if (code === 0 || keys.length === 1) return;
  for (const key of keys) await modify(options, ldifChange(dn, operation, KEY, [key]), [asWanted]);
}

async function remove(options: LdapOptions, dn: string): Promise<boolean> {
  const { code } = await modify(options, ldifDelete(dn), [LDAP.absent]);
  return code !== LDAP.absent;
}

function toUser(entry: LdifEntry): DirectoryUser {
  const text = (name: string): string => entry.attributes.get(name)?.[0] ?? "";
  const mail = text("mail");
  return {
    name: text("uid"),
    number: numberIn(entry, "uidnumber"),
    groupNumber: numberIn(entry, "gidnumber"),
    fullName: text("cn"),
    email: mail === "" ? undefined : mail,
    home: text("homedirectory"),
    shell: text("loginshell"),
    keys: entry.attributes.get(KEY.toLowerCase()) ?? [],
  };
}

function numberIn({ dn, attributes }: LdifEntry, name: string): number {
  const text = attributes.get(name)?.[0] ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  throw new DirectoryError(`${dn} has no ${name} that is a number: ${JSON.stringify(text)}`);
}
