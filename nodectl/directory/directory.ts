import type { DirectoryUser } from "../domain/user/user-entry.ts";

/** A user who is to be made: without keys, so that nobody can log in yet. */
export type NewUser = Omit<DirectoryUser, "keys" | "isLocked">;

/** What is to become of an entry; what is absent stays as it is. */
export interface EntryChange {
  /** Keys that are not there yet. */
  readonly addedKeys?: readonly string[];
  /** Keys as they stand in the entry. */
  readonly removedKeys?: readonly string[];
  readonly isLocked?: boolean;
}

export interface DirectoryGroup {
  readonly name: string;
  readonly number: number;
}

/**
 * `name-taken` and `number-taken`: another entry has it, which the directory itself has found (uniqueness of uid, uidNumber and
 * gidNumber), so that of two who ask at once one is told.
 */
export type AddOutcome = "added" | "name-taken" | "number-taken";

/** The users' directory. All methods are bounded in time and output, and throw DirectoryError when it refuses or is away. */
export interface UserDirectory {
  /** Every user, in the order of their names. */
  listUsers(): Promise<readonly DirectoryUser[]>;
  listGroups(): Promise<readonly DirectoryGroup[]>;
  addUser(user: NewUser): Promise<AddOutcome>;
  /** A group of that name and number without members. */
  addGroup(name: string, number: number): Promise<AddOutcome>;
  /** All of it in one operation, or nothing. */
  changeUser(name: string, change: EntryChange): Promise<void>;
  /** Locks the entry and takes all its keys, in one operation. */
  lockOut(name: string): Promise<void>;
  /** False when there was none. */
  removeUser(name: string): Promise<boolean>;
  removeGroup(name: string): Promise<boolean>;
}

/** The directory refused, or did not answer. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}
