import { UsageError } from "../options.ts";
import { USER_PATH_HELP } from "../path-options.ts";
import type { Program } from "../run.ts";

const HELP = `Usage: citc user VERB [options]

Looks after the users of the cluster: the directory on this computer, their
homes, their accounts in Slurm, and their ssh keys. There are no passwords:
whoever has a key here logs in with it, on this computer and on the nodes.
Run it with sudo.

  add NAME [--ssh-key SOURCE]...   make a user, or what is missing of one
  remove NAME                      say what removing would do; --yes does it
  list                             all users
  keys NAME                        a user's keys; --add and --remove them
  import FILE                      make the users of a CSV file

'citc user VERB --help' tells more about each.

Examples:
  sudo citc user add ada --full-name 'Ada Lovelace' --ssh-key ada.pub
  sudo citc user add ada --ssh-key https://github.com/ada.keys
  sudo citc user keys ada --remove ada@old-laptop
  sudo citc user import lab.csv --dry-run

Options of all of them:
${USER_PATH_HELP}
  --help

Exit status: 0 done, or nothing to do; 1 it was refused or failed, and why was
said; 2 the command line is wrong.
`;

const VERBS: Readonly<Record<string, () => Promise<Program>>> = {
  add: async () => (await import("./user-add.ts")).userAdd,
  remove: async () => (await import("./user-remove.ts")).userRemove,
  list: async () => (await import("./user-list.ts")).userList,
  keys: async () => (await import("./user-keys.ts")).userKeys,
  import: async () => (await import("./user-import.ts")).userImport,
};

export const user: Program = async (input) => {
  const [verb, ...argv] = input.argv;
  if (verb === "--help" || verb === "help") {
    input.stdout.write(HELP);
    return 0;
  }
  const load = verb !== undefined && Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (load === undefined) {
    const got = verb === undefined ? "nothing" : JSON.stringify(verb);
    throw new UsageError(`expected ${Object.keys(VERBS).join(", ")} after 'user', got ${got}`);
  }
  return (await load())({ ...input, argv });
};
