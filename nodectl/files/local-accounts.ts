import { readFile } from "node:fs/promises";
import { parseAccountFile, type LocalAccount } from "../domain/user/account-file.ts";

export interface LocalAccounts {
  readonly users: readonly LocalAccount[];
  readonly groups: readonly LocalAccount[];
}

/** This computer's own accounts. Not getent(1), which asks the directory too, and which sssd remembers a no of. */
export async function readLocalAccounts(): Promise<LocalAccounts> {
  const [users, groups] = await Promise.all(
    ["/etc/passwd", "/etc/group"].map((file) => readFile(file, "utf8")),
  );
  return { users: parseAccountFile(users ?? ""), groups: parseAccountFile(groups ?? "") };
}
