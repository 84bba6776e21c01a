import {
  DirectoryError,
  type AddOutcome,
  type DirectoryGroup,
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
  /** Called before an entry is added: what somebody else does meanwhile. */
  beforeAddUser: (() => void) | undefined;

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
      if (this.users.has(user.name)) return "name-taken";
      if ([...this.users.values()].some(({ number }) => number === user.number))
        return "number-taken";
      this.users.set(user.name, { ...user, keys: [] });
      return "added";
    });
  }

  addGroup(name: string, number: number): Promise<"added" | "name-taken"> {
    return this.#answer("addGroup", () => {
      if (this.groups.has(name)) return "name-taken";
      this.groups.set(name, number);
      return "added";
    });
  }

  addKeys(name: string, keys: readonly string[]): Promise<void> {
    return this.#answer("addKeys", () => {
      this.#change(name, (user) => [...user.keys, ...keys]);
    });
  }

  removeKeys(name: string, keys: readonly string[]): Promise<void> {
    return this.#answer("removeKeys", () => {
      this.#change(name, (user) => user.keys.filter((key) => !keys.includes(key)));
    });
  }

  removeUser(name: string): Promise<boolean> {
    return this.#answer("removeUser", () => this.users.delete(name));
  }

  removeGroup(name: string): Promise<boolean> {
    return this.#answer("removeGroup", () => this.groups.delete(name));
  }

  #change(name: string, keysOf: (user: DirectoryUser) => readonly string[]): void {
    const user = this.users.get(name);
    if (user === undefined) throw new DirectoryError("No such object (32)");
    this.users.set(name, { ...user, keys: keysOf(user) });
  }

  async #answer<Value>(method: Method, work: () => Value): Promise<Value> {
    await Promise.resolve();
    if (this.refused !== method) return work();
    this.refused = undefined;
    throw new DirectoryError(`${method} is refused`);
  }
}
