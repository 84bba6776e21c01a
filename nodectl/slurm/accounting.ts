import type { AccountingControl, AccountingOutcome, JobRemoval } from "./control.ts";
import { callSlurm, type SlurmOptions } from "./run-slurm.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";

/** AccountingControl by sacctmgr, JobRemoval by scancel. */
export function createAccounting(options: SlurmOptions): AccountingControl & JobRemoval {
  return {
    accountsOf: async (user) => {
      const accounts = await unlessOff(() => accountsOf(options, user));
      return accounts === "off" ? { kind: "off" } : { kind: "on", accounts };
    },
    associate: (user, account) => unlessOff(() => associate(options, user, account)),
    removeAssociation: (user, account) =>
      unlessOff(() => removeAssociation(options, user, account)),
    removeAssociations: (user) => unlessOff(() => removeAssociations(options, user)),
    cancelJobs: (jobIds) => cancelJobs(options, jobIds),
  };
}

/** sacctmgr's words without slurmdbd, with which it ends with 1 (seen on 22.05.8 and 24.11.5). */
const IS_OFF = "You are not running a supported accounting_storage plugin";

async function unlessOff<Answer>(work: () => Promise<Answer>): Promise<Answer | "off"> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SlurmCommandError && error.says(IS_OFF)) return "off";
    throw error;
  }
}

/** Of a user with limits in single partitions sacctmgr shows each once more. */
async function accountsOf(options: SlurmOptions, user: string): Promise<readonly string[]> {
  const accounts = await show(options, "assoc", `user=${user}`, "format=Account");
  return [...new Set(accounts)];
}

async function associate(
  options: SlurmOptions,
  user: string,
  account: string,
): Promise<AccountingOutcome> {
  const isAssociated = async (): Promise<boolean> =>
    (await accountsOf(options, user)).includes(account);
  const isAccount = async (): Promise<boolean> =>
    (await show(options, "account", `name=${account}`, "format=Account")).length > 0;
  if (!(await isAccount())) await add(options, isAccount, ["account", `name=${account}`]);
  await add(options, isAssociated, ["user", `name=${user}`, `account=${account}`]);
  return "done";
}

/**
 * For what is there already sacctmgr ends with 1, in other words on each release, and somebody else may add the same meanwhile,
 * the sacctmgr of a run that was killed too: what counts is that it is there.
 */
async function add(
  options: SlurmOptions,
  isThere: () => Promise<boolean>,
  words: readonly string[],
): Promise<void> {
  try {
    await callSlurm(options, "sacctmgr", ["-i", "add", ...words]);
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

async function removeAssociation(
  options: SlurmOptions,
  user: string,
  account: string,
): Promise<AccountingOutcome> {
  const accounts = await accountsOf(options, user);
  if (!accounts.includes(account)) return "nothing";
  if (accounts.length === 1) return removeAssociations(options, user);
  const words = ["user", `name=${user}`, `account=${account}`];
  await callSlurm(options, "sacctmgr", ["-i", "delete", ...words]);
  return "done";
}

async function removeAssociations(options: SlurmOptions, user: string): Promise<AccountingOutcome> {
  const known = await show(options, "user", `name=${user}`, "format=User");
  if (known.length === 0) return "nothing";
  await callSlurm(options, "sacctmgr", ["-i", "delete", "user", `name=${user}`]);
  return "done";
}

async function show(
  options: SlurmOptions,
  ...words: readonly string[]
): Promise<readonly string[]> {
  const { stdout } = await callSlurm(options, "sacctmgr", ["-n", "-P", "show", ...words]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Linux allows far longer command lines; this keeps them readable in a process list. */
const JOBS_PER_CALL = 500;

async function cancelJobs(options: SlurmOptions, jobIds: readonly string[]): Promise<void> {
  for (let index = 0; index < jobIds.length; index += JOBS_PER_CALL) {
    // --quiet: a job that has ended meanwhile is no error.
    await callSlurm(options, "scancel", ["--quiet", ...jobIds.slice(index, index + JOBS_PER_CALL)]);
  }
}
