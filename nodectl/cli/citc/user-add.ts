import { addUser } from "../../commands/user/add-user.ts";
import { formatAdd } from "../../commands/user/user-report.ts";
import { ACCOUNT_DEFAULT } from "../../domain/user/account-name.ts";
import { loadConfig } from "../load.ts";
import { parseOptions } from "../options.ts";
import { USER_PATH_HELP, USER_PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type Program } from "../run.ts";
import {
  createUserContext,
  createUserLog,
  localNamesOf,
  requireRoot,
  userSources,
  withUserLock,
} from "./user-context.ts";
import { nameOf } from "./user-options.ts";
import { readUserRequest } from "./user-requests.ts";

const HELP = `Usage: citc user add NAME [options]

Makes a user: a number, an entry and a private group in the directory, a home
from /etc/skel, an account in Slurm, and at last the ssh keys, without which
nobody logs in. Safe to repeat: what is there already and agrees is left alone,
and what a run that was killed has left is finished. What fails half way is
taken back. A home that was kept when its user was removed gives its number
back, and ssh keys in it log in again. A lock, as 'citc user remove' leaves one
when it is killed, is lifted.

Options:
  --ssh-key SOURCE          public keys: a file, - for standard input, or an
                            https URL such as https://github.com/NAME.keys;
                            may be repeated
  --full-name TEXT          [NAME]
  --email ADDRESS
  --uid NUMBER              for a user and the group [the next free one, from
                            10000 on]
  --account NAME            in Slurm's accounting; made when missing [those
                            that the user has, or ${ACCOUNT_DEFAULT}]
  --shell PATH              [/bin/bash]
  --dry-run                 make nothing; say whether it would be refused, or
                            one of the sides does not answer
  --json                    print what was done as JSON
${USER_PATH_HELP}
  --help

Exit status: 0 the user is there (with --dry-run: would be); 1 nothing was
made, or what is left of it was named, and why was said; 2 the command line is
wrong.
`;

const OPTIONS = {
  ...USER_PATH_OPTIONS,
  "ssh-key": { type: "string", multiple: true },
  "full-name": { type: "string" },
  email: { type: "string" },
  uid: { type: "string" },
  account: { type: "string" },
  shell: { type: "string" },
  "dry-run": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

export const userAdd: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, OPTIONS);
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const name = nameOf("add", positionals);
  requireRoot("add");
  const config = await loadConfig(values);
  const log = createUserLog("add", config, input);
  const context = await createUserContext(config, log);
  const given = { ...values, name, fullName: values["full-name"], keys: values["ssh-key"] ?? [] };
  const request = await readUserRequest(given, localNamesOf(context.local), userSources());
  if (request.kind === "invalid") throw new CommandError(`nothing was made: ${request.message}`);
  const options = { isDryRun: values["dry-run"] === true, isUnlocking: true };
  const add = () => addUser(context, request.value, options);
  const outcome = await withUserLock(input, request.value.name, add);
  const isGood = outcome.kind === "done" || outcome.kind === "planned";
  if (values.json === true)
    input.stdout.write(`${JSON.stringify({ name, ...outcome }, null, 2)}\n`);
  else if (isGood) input.stdout.write(formatAdd(name, outcome));
  else throw new CommandError(formatAdd(name, outcome).trimEnd());
  return isGood ? 0 : 1;
};
