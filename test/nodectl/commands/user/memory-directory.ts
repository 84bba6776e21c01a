import {
  DirectoryError,
  type AddOutcome,
  type DirectoryGroup,
  type EntryChange,
  type NewUser,
  type UserDirectory,
} from "../../../../nodectl/directory/directory.ts";
import type { DirectoryUser } from "../../../../nodectl/domain/user/user-entry.ts";

type Method = keyof UserDirectory;

/** A directory in memory, with the uniqueness that 389ds is told to keep. */
export class MemoryDirectory implements UserDirectory {
  readonly users = new Map<string, DirectoryUser>();
  readonly groups = new Map<string, number>();
  /** The next call of that method is refused. */
  refused: Method | undefined;
  /** Entries below ou=people that are no users. */
  readonly otherEntries = new Set<string>();
  /** Called before an entry is added: what somebody else does meanwhile. */
  beforeAddUser: (() => void) | undefined;
  /** The same of a group. */
  beforeAddGroup: (() => void) | undefined;

  listUsers(): Promise<readonly DirectoryUser[]> {
    return this.#answer("listUsers", () =>
      [...this.users.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  listGroups(): Promise<readonly DirectoryGroup[]> {
    return this.#answer("listGroups", () =>
      [...this.groups].map(([name, number]) => ({ name, number })),
    );
  }

  addUser(user: NewUser): Promise<AddOutcome> {
    return this.#answer("addUser", () => {
      this.beforeAddUser?.();
      if (this.users.has(user.name) || this.otherEntries.has(user.name)) return "name-taken";
      if ([...this.users.values()].some(({ number }) => number === user.number))
        return "number-taken";
      this.users.set(user.name, { ...user, keys: [], isLocked: false });
      return "added";
    });
  }

  addGroup(name: string, number: number): Promise<AddOutcome> {
    return this.#answer("addGroup", () => {
      this.beforeAddGroup?.();
      if (this.groups.has(name)) return "name-taken";
      if ([...this.groups.values()].includes(number)) return "number-taken";
      this.groups.set(name, number);
      return "added";
    });
  }

  changeUser(name: string, change: EntryChange): Promise<void> {
    const { addedKeys = [], removedKeys = [], isLocked } = change;
    return this.#answer("changeUser", () => {
      this.#change(name, (user) => ({
        ...{ ...user, isLocked: isLocked ?? user.isLocked },
        keys: [...user.keys.filter((key) => !removedKeys.includes(key)), ...addedKeys],
      }));
    });
  }

  lockOut(name: string): Promise<void> {
    return this.#answer("lockOut", () => {
      this.#change(name, (user) => ({ ...user, keys: [], isLocked: true }));
    });
  }

  removeUser(name: string): Promise<boolean> {
    return this.#answer("removeUser", () => this.users.delete(name));
  }

  removeGroup(name: string): Promise<boolean> {
    return this.#answer("removeGroup", () => this.groups.delete(name));
  }

  #change(name: string, change: (user: DirectoryUser) => DirectoryUser): void {
    const user = this.users.get(name);
    if (user === undefined) throw new DirectoryError("No such object (32)");
    this.users.set(name, change(user));
  }

  async #answer<Value>(method: Method, work: () => Value): Promise<Value> {
    await Promise.resolve();
    if (this.refused !== method) return work();
    this.refused = undefined;
    throw new DirectoryError(`${method} is refused`);
  }
}
