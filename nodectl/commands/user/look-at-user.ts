import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import type { UserSight } from "../../domain/user/decide-add.ts";
import type { Accounting } from "../../slurm/control.ts";
import type { UserContext } from "./user-context.ts";

type Sides = Pick<UserContext, "directory" | "homes" | "local">;

/** All users at one moment. */
export interface AllUsers {
  readonly users: readonly DirectoryUser[];
  readonly groupNumbers: ReadonlyMap<string, number>;
  readonly takenNumbers: ReadonlySet<number>;
  readonly homeNumbers: ReadonlySet<number>;
  readonly formerNumbers: readonly number[];
}

/**
 * Asks the sides that are needed last, before anything is made: what is away then is known at once.
 * @returns what Slurm has of that user
 * @throws HomeDirectoryError, SlurmCommandError
 */
export async function checkSides(
  { homes, slurm }: Pick<UserContext, "homes" | "slurm">,
  name: string,
): Promise<Accounting> {
  await homes.checkSkeleton();
  return slurm.accountsOf(name);
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
    formerNumbers: await homes.formerNumbers(),
  };
}

/**
 * @param askedFor numbers that others ask for
 * @throws HomeDirectoryError
 */
export async function sightOf(
  { homes }: Sides,
  all: AllUsers,
  { name, askedFor }: { readonly name: string; readonly askedFor: readonly number[] },
): Promise<UserSight> {
  return {
    entry: all.users.find((user) => user.name === name),
    groupNumber: all.groupNumbers.get(name),
    homeOwner: await homes.ownerOf(name),
    home: homes.pathOf(name),
    takenNumbers: all.takenNumbers,
    homeNumbers: all.homeNumbers,
    heldBack: new Set([...all.formerNumbers, ...askedFor]),
  };
}
