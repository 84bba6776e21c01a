import {
  escapeDn,
  ldifAdd,
  ldifChange,
  ldifDelete,
  parseLdif,
  type LdifChange,
  type LdifEntry,
} from "../domain/user/ldif.ts";
import type { DirectoryUser } from "../domain/user/user-entry.ts";
import {
  DirectoryError,
  type AddOutcome,
  type EntryChange,
  type NewUser,
  type UserDirectory,
} from "./directory.ts";
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
      parseLdif(
        await search(options, {
          base: people,
          filter: "(objectClass=posixAccount)",
          attributes: ["*", LOCK],
        }),
      )
        .map(toUser)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    listGroups: async () =>
      parseLdif(
        await search(options, {
          base: groups,
          filter: "(objectClass=posixGroup)",
          attributes: ["cn", "gidNumber"],
        }),
      ).map((entry) => ({
        name: entry.attributes.get("cn")?.[0] ?? "",
        number: numberIn(entry, "gidnumber"),
      })),
    addUser: (user) => add(options, userDn(user.name), userAttributes(user)),
    addGroup: (name, number) => add(options, groupDn(name), groupAttributes(name, number)),
    changeUser: (name, change) => changeUser(options, userDn(name), change),
    lockOut: async (name) => {
      const changes = [
        { operation: "replace", attribute: KEY, values: [] },
        { operation: "replace", attribute: LOCK, values: ["true"] },
      ] as const;
      await modify(options, ldifChange(userDn(name), changes), []);
    },
    removeUser: (name) => remove(options, userDn(name)),
    removeGroup: (name) => remove(options, groupDn(name)),
  };
}

const KEY = "nsSshPublicKey";
/** Operational, so that any entry may have it. */
const LOCK = "nsAccountLock";

/** nsAccount is what 389ds lets an nsSshPublicKey stand in (seen on 2.3.1 and 3.1.2). */
const USER_CLASSES = [
  "top",
  "person",
  "organizationalPerson",
  "inetOrgPerson",
  "posixAccount",
  "nsAccount",
];

type Values = readonly (readonly [string, string])[];

function userAttributes(user: NewUser): Values {
  return [
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
}

function groupAttributes(name: string, number: number): Values {
  return [
    ["objectClass", "top"],
    ["objectClass", "posixGroup"],
    ["cn", name],
    ["gidNumber", String(number)],
  ];
}

async function add(options: LdapOptions, dn: string, attributes: Values): Promise<AddOutcome> {
  const { code, said } = await modify(options, ldifAdd(dn, attributes), [
    LDAP.exists,
    LDAP.constraint,
  ]);
  if (code === LDAP.exists) return "name-taken";
  if (code !== LDAP.constraint) return "added";
  // 389ds names the attribute whose value another entry has, with a blank behind it: (attribute: "uidNumber ").
  const [, attribute = ""] = /attribute: "(\w+) *"/i.exec(said) ?? [];
  if (/^[ug]idnumber$/i.test(attribute)) return "number-taken";
  if (/^uid$/i.test(attribute)) return "name-taken";
  throw new DirectoryError(`the directory refused ${dn}: ${said}`);
}

async function changeUser(
  options: LdapOptions,
  dn: string,
  { addedKeys = [], removedKeys = [], isLocked }: EntryChange,
): Promise<void> {
  const changes: readonly LdifChange[] = [
    { operation: "delete" as const, attribute: KEY, values: removedKeys },
    { operation: "add" as const, attribute: KEY, values: addedKeys },
  ].filter(({ values }) => values.length > 0);
  const locks: readonly LdifChange[] =
    isLocked === undefined
      ? []
      : [{ operation: "replace", attribute: LOCK, values: isLocked ? ["true"] : [] }];
  const { code } = await modify(options, ldifChange(dn, [...changes, ...locks]), [
    ...[LDAP.noValue, LDAP.valueExists, LDAP.absent],
  ]);
  if (code !== 0)
    throw new DirectoryError(
      `${dn} was changed by somebody else meanwhile; nothing was changed; try again`,
    );
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
    isLocked: text(LOCK.toLowerCase()).toLowerCase() === "true",
  };
}

function numberIn({ dn, attributes }: LdifEntry, name: string): number {
  const text = attributes.get(name)?.[0] ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  throw new DirectoryError(`${dn} has no ${name} that is a number: ${JSON.stringify(text)}`);
}
