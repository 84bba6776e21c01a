import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import type { UserSight } from "../../domain/user/decide-add.ts";
import type { UserContext } from "./user-context.ts";

type Sides = Pick<UserContext, "directory" | "homes" | "local">;

/** All users at one moment. */
export interface AllUsers {
  readonly users: readonly DirectoryUser[];
  readonly groupNumbers: ReadonlyMap<string, number>;
  readonly takenNumbers: ReadonlySet<number>;
  readonly homeNumbers: ReadonlySet<number>;
}

/** @throws DirectoryError, HomeDirectoryError */
export async function lookAtAll({ directory, homes, local }: Sides): Promise<AllUsers> {
  const users = await directory.listUsers();
  const groups = await directory.listGroups();
  const ofUsers = users.flatMap(({ number, groupNumber }) => [number, groupNumber]);
  const others = [...groups, ...local.users, ...local.groups].map(({ number }) => number);
  return {
    users,
    groupNumbers: new Map(groups.map(({ name, number }) => [name, number])),
    takenNumbers: new Set([...ofUsers, ...others]),
    homeNumbers: new Set(await homes.owners()),
  };
}

/** @throws HomeDirectoryError */
export async function sightOf({ homes }: Sides, all: AllUsers, name: string): Promise<UserSight> {
  return {
    entry: all.users.find((user) => user.name === name),
    groupNumber: all.groupNumbers.get(name),
    homeOwner: await homes.ownerOf(name),
    home: homes.pathOf(name),
    takenNumbers: all.takenNumbers,
    homeNumbers: all.homeNumbers,
  };
}
