import { addUser } from "../../commands/user/add-user.ts";
import { formatAdd } from "../../commands/user/user-report.ts";
import { ACCOUNT_DEFAULT, readAccount } from "../../domain/user/account-name.ts";
import type { UserRequest } from "../../domain/user/decide-add.ts";
import type { LocalNames } from "../../domain/user/user-name.ts";
import { readUserName } from "../../domain/user/user-name.ts";
import { readUserNumber } from "../../domain/user/user-number.ts";
import { readDetails } from "../../domain/user/user-entry.ts";
import type { Reading } from "../../domain/user/reading.ts";
import { readKeySources } from "../../files/key-sources.ts";
import { loadConfig } from "../load.ts";
import { parseOptions } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type Program } from "../run.ts";
import {
  createUserContext,
  createUserLog,
  localNamesOf,
  requireRoot,
  withUserLock,
} from "./user-context.ts";
import { nameOf } from "./user-options.ts";

const HELP = `Usage: citc user add NAME [options]

Makes a user: a number, an entry and a private group in the directory, a home
from /etc/skel, an account in Slurm, and at last the ssh keys, without which
nobody logs in. Safe to repeat: what is there already and agrees is left alone,
and what a run that was killed has left is finished. What fails half way is
taken back. A home that was kept when its user was removed gives its number
back.

Options:
  --ssh-key SOURCE          public keys: a file, - for standard input, or an
                            https URL such as https://github.com/NAME.keys;
                            may be repeated
  --full-name TEXT          [NAME]
  --email ADDRESS
  --uid NUMBER              for a user and the group [the next free one, from
                            10000 on]
  --account NAME            in Slurm's accounting [${ACCOUNT_DEFAULT}]; made when missing
  --shell PATH              [/bin/bash]
  --dry-run                 check everything, and make nothing
  --json                    print what was done as JSON
${PATH_HELP}
  --help

Exit status: 0 the user is there; 1 nothing was made, and why was said; 2 the
command line is wrong.
`;

const OPTIONS = {
  ...PATH_OPTIONS,
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
  const request = await readRequest(given, localNamesOf(context.local));
  const isDryRun = values["dry-run"] === true;
  const outcome = await withUserLock(name, () => addUser(context, request, { isDryRun }));
  const isGood = outcome.kind === "done" || outcome.kind === "planned";
  if (values.json === true)
    input.stdout.write(`${JSON.stringify({ name, ...outcome }, null, 2)}\n`);
  else if (isGood) input.stdout.write(formatAdd(name, outcome));
  else throw new CommandError(formatAdd(name, outcome).trimEnd());
  return isGood ? 0 : 1;
};

interface Given {
  readonly name: string;
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  readonly shell?: string | undefined;
  readonly uid?: string | undefined;
  readonly account?: string | undefined;
  readonly keys: readonly string[];
}

/** @throws CommandError for what cannot be had */
async function readRequest(given: Given, local: LocalNames): Promise<UserRequest> {
  const name = orRefuse(readUserName(given.name, local));
  const details = orRefuse(readDetails(given));
  const number = given.uid === undefined ? undefined : orRefuse(readUserNumber(given.uid));
  const account = orRefuse(readAccount(given.account ?? ACCOUNT_DEFAULT));
  const sources = { fetch: globalThis.fetch, stdin: process.stdin };
  return {
    name,
    details,
    number,
    account,
    keys: orRefuse(await readKeySources(given.keys, sources)),
  };
}

function orRefuse<Value>(reading: Reading<Value>): Value {
  if (reading.kind === "valid") return reading.value;
  throw new CommandError(`nothing was made: ${reading.message}`);
}
