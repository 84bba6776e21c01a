import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileOwner, MachineFile } from "./machine-file.ts";

/** Numbers of an image's accounts: they differ between releases. */
export type AccountIds = ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;

/** Reads passwd(5). */
export function parseAccounts(passwd: string): AccountIds {
  return new Map(
    passwd.split("\n").flatMap((line) => {
      const [name, , uid, gid] = line.split(":");
      return name === undefined || gid === undefined
        ? []
        : [[name, { uid: Number(uid), gid: Number(gid) }] as const];
    }),
  );
}

export async function readAccounts(imageDirectory: string): Promise<AccountIds> {
  return parseAccounts(await readFile(join(imageDirectory, "etc/passwd"), "utf8"));
}

/** Writes the files below a directory, with the owners that the machine's accounts give. */
export async function writeFiles(
  rootDirectory: string,
  files: readonly MachineFile[],
  accounts: AccountIds,
): Promise<void> {
  for (const { path, content, mode = 0o644, owner = "root" } of files) {
    const target = join(rootDirectory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { mode });
    await give(target, owner, accounts);
  }
}

/** Makes a directory that belongs to one account. */
export async function makeDirectory(
  path: string,
  owner: FileOwner,
  accounts: AccountIds,
): Promise<void> {
  await mkdir(path, { recursive: true });
  await give(path, owner, accounts);
}

async function give(path: string, owner: FileOwner, accounts: AccountIds): Promise<void> {
  const account = accounts.get(owner);
  if (account === undefined) throw new Error(`the image has no account ${owner}`);
  await chown(path, account.uid, account.gid);
}
