import type { ImportRequest } from "../../commands/user/import-users.ts";
import type { Problem } from "../../domain/problem.ts";
import { readAccount } from "../../domain/user/account-name.ts";
import type { UserRequest } from "../../domain/user/decide-add.ts";
import { problemOf, type ImportRow } from "../../domain/user/import-file.ts";
import type { Reading } from "../../domain/user/reading.ts";
import { readDetails } from "../../domain/user/user-entry.ts";
import { readUserName, type LocalNames } from "../../domain/user/user-name.ts";
import { readUserNumber } from "../../domain/user/user-number.ts";
import { readKeySources, type KeySources } from "../../files/key-sources.ts";

/** What the command line says of one user. */
export interface GivenUser {
  readonly name: string;
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  readonly shell?: string | undefined;
  readonly uid?: string | undefined;
  readonly account?: string | undefined;
  readonly keys: readonly string[];
}

/** The first thing that is wrong; keys are fetched only when nothing else is. */
export async function readUserRequest(
  given: GivenUser,
  local: LocalNames,
  sources: KeySources,
): Promise<Reading<UserRequest>> {
  const name = readUserName(given.name, local);
  if (name.kind === "invalid") return name;
  const details = readDetails(given);
  if (details.kind === "invalid") return details;
  const number = unlessNone(given.uid, readUserNumber);
  if (number.kind === "invalid") return number;
  const account = unlessNone(given.account, readAccount);
  if (account.kind === "invalid") return account;
  const keys = await readKeySources(given.keys, sources);
  if (keys.kind === "invalid") return keys;
  return {
    kind: "valid",
    value: {
      ...{ name: name.value, details: details.value, number: number.value },
      ...{ account: account.value, keys: keys.value },
    },
  };
}

/** What an option says, if it is given. */
export function unlessNone<Value>(
  text: string | undefined,
  read: (text: string) => Reading<Value>,
): Reading<Value | undefined> {
  return text === undefined ? { kind: "valid", value: undefined } : read(text);
}

/** How many users' keys are fetched at once. */
const USERS_AT_ONCE = 4;

export interface ImportRequests {
  readonly requests: readonly ImportRequest[];
  readonly problems: readonly Problem[];
}

export interface ImportSources extends KeySources {
  /** Called before each of the fetches, with the number of users that are done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * The rows with their keys, and what is wrong with those of the others.
 * @param file for messages
 * @param account of rows that name none
 */
export async function readImportRequests(
  rows: readonly ImportRow[],
  { file, account }: { readonly file: string; readonly account: string | undefined },
  sources: ImportSources,
): Promise<ImportRequests> {
  const requests: ImportRequest[] = [];
  const problems: Problem[] = [];
  for (let index = 0; index < rows.length; index += USERS_AT_ONCE) {
    sources.onProgress?.(index);
    const batch = rows.slice(index, index + USERS_AT_ONCE);
    const read = await Promise.all(
      batch.map(async (row) => ({ row, keys: await readKeySources(row.keys, sources) })),
    );
    for (const { row, keys } of read) {
      if (keys.kind === "valid")
        requests.push({ ...row, account: row.account ?? account, keys: keys.value });
      else problems.push(problemOf(file, keys.message, row.line));
    }
  }
  return { requests, problems };
}
