import { shortened } from "../problem.ts";
import { invalid, type Reading } from "./reading.ts";

/** Made by the playbook, or by the first who is put into it. */
export const ACCOUNT_DEFAULT = "users";

/** One of Slurm's accounts: sacctmgr takes a comma for a list of them, and writes them all in lower case. */
const ACCOUNT = /^[a-z0-9][a-z0-9_.-]{0,39}$/;

export function readAccount(text: string): Reading<string> {
  if (ACCOUNT.test(text)) return { kind: "valid", value: text };
  return invalid(
    `account "${shortened(text)}"; write one, of a-z, 0-9, _, . and -, at most 40 characters`,
  );
}
