import { DirectoryError } from "../../directory/directory.ts";
import { ACCOUNT_DEFAULT } from "../../domain/user/account-name.ts";
import { missingKeys, type UserRequest } from "../../domain/user/decide-add.ts";
import { formatKey } from "../../domain/user/public-key.ts";
import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import type { Accounting } from "../../slurm/control.ts";
import type { Made } from "./take-back.ts";
import type { UserContext, UserStep } from "./user-context.ts";

/** A user with an entry. */
export interface Reserved {
  readonly user: DirectoryUser;
  /** Whether this run has made the entry. */
  readonly isNew: boolean;
  readonly accounting: Accounting;
  readonly isUnlocking: boolean;
}

export interface Completed {
  readonly steps: readonly UserStep[];
  readonly isChanged: boolean;
  /** The file in a home that was kept, whose keys log in again. */
  readonly ownKeys: string | undefined;
}

/** What belongs to the entry, each if it is missing. What this has made and may be taken back comes to `made`. */
export async function complete(
  context: UserContext,
  request: UserRequest,
  reserved: Reserved,
  made: Made[],
): Promise<Completed> {
  const { user, isNew } = reserved;
  const { name } = request;
  const group = await completeGroup(context, user, made);
  const home = await completeHome(context, user, made);
  // Before Slurm looks for the number: this computer may remember that there was no such user.
  if (isNew) await context.followers.forget(name);
  const account = await completeAccount(context, request, reserved.accounting, made);
  const keys = await completeKeys(context, request, reserved);
  const isBack = home.did === "there" && (isNew || keys.isUnlocked);
  return {
    steps: [group, home, account, ...keys.steps],
    isChanged: made.length > 0 || keys.isChanged,
    ownKeys: isBack ? await context.homes.ownKeysOf(name) : undefined,
  };
}

async function completeGroup(
  { directory }: UserContext,
  { name, groupNumber }: DirectoryUser,
  made: Made[],
): Promise<UserStep> {
  const outcome = await directory.addGroup(name, groupNumber);
  switch (outcome) {
    case "number-taken":
      throw new DirectoryError(
        `the number ${groupNumber} is another group's in the directory; somebody who is new gets another one when you try again`,
      );
    case "added":
      made.push({ what: `the group ${name}`, takeBack: () => directory.removeGroup(name) });
      return { part: "group", did: "made", what: name };
    case "name-taken":
      return { part: "group", did: "there", what: name };
  }
}

async function completeHome(
  { homes }: UserContext,
  user: DirectoryUser,
  made: Made[],
): Promise<UserStep> {
  const { name, home, number } = user;
  if ((await homes.ownerOf(name)) !== undefined) return { part: "home", did: "there", what: home };
  await homes.make(name, user);
  made.push({ what: home, takeBack: () => homes.remove(name, number) });
  return { part: "home", did: "made", what: home };
}

async function completeAccount(
  { slurm }: UserContext,
  { name, account }: UserRequest,
  accounting: Accounting,
  made: Made[],
): Promise<UserStep> {
  const accounts = accounting.kind === "on" ? accounting.accounts : [];
  const isThere = account === undefined ? accounts.length > 0 : accounts.includes(account);
  if (isThere) return { part: "account", did: "there", what: account ?? accounts.join(", ") };
  const wanted = account ?? ACCOUNT_DEFAULT;
  const outcome = await slurm.associate(name, wanted);
  if (outcome === "off") return { part: "account", did: "off", what: wanted };
  made.push({
    what: `${name} in Slurm's account ${wanted}`,
    takeBack: () => slurm.removeAssociation(name, wanted),
  });
  return { part: "account", did: "made", what: wanted };
}

interface KeysCompleted {
  readonly steps: readonly UserStep[];
  readonly isChanged: boolean;
  readonly isUnlocked: boolean;
}

/** The last, so that it is never taken back. */
async function completeKeys(
  { directory }: UserContext,
  { name, keys }: UserRequest,
  { user, isUnlocking }: Reserved,
): Promise<KeysCompleted> {
  const missing = missingKeys(user, keys);
  const isUnlocked = user.isLocked && isUnlocking;
  const isChanged = missing.length > 0 || isUnlocked;
  const addedKeys = missing.map(formatKey);
  if (isChanged)
    await directory.changeUser(name, { addedKeys, ...(isUnlocked && { isLocked: false }) });
  const lock: UserStep = { part: "lock", did: isUnlocked ? "removed" : "kept", what: name };
  const ofKeys = keys.map((key): UserStep => ({
    ...{ part: "keys", did: missing.includes(key) ? "made" : "there" },
    what: `${key.fingerprint} ${key.comment}`.trim(),
  }));
  return { steps: [...ofKeys, ...(user.isLocked ? [lock] : [])], isChanged, isUnlocked };
}
