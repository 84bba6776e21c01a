import type { DirectoryUser } from "../domain/user/user-entry.ts";

/** A user who is to be made: without keys, so that nobody can log in yet. */
export type NewUser = Omit<DirectoryUser, "keys">;

export interface DirectoryGroup {
  readonly name: string;
  readonly number: number;
}

/**
 * `name-taken` and `number-taken`: another entry has it, which the directory itself has found (uniqueness of uid and uidNumber), so that
 * of two who ask at once one is told.
 */
export type AddOutcome = "added" | "name-taken" | "number-taken";

/** The users' directory. All methods are bounded in time and output, and throw DirectoryError when it refuses or is away. */
export interface UserDirectory {
  /** Every user, in the order of their names. */
  listUsers(): Promise<readonly DirectoryUser[]>;
  listGroups(): Promise<readonly DirectoryGroup[]>;
  addUser(user: NewUser): Promise<AddOutcome>;
  /** A group of that name and number without members. */
  addGroup(name: string, number: number): Promise<"added" | "name-taken">;
  /** Keys that are not there yet. */
  addKeys(name: string, keys: readonly string[]): Promise<void>;
  /** Keys as they stand in the entry. */
  removeKeys(name: string, keys: readonly string[]): Promise<void>;
  /** False when there was none. */
  removeUser(name: string): Promise<boolean>;
  removeGroup(name: string): Promise<boolean>;
}

/** The directory refused, or did not answer. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}
