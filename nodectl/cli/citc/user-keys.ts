import { changeKeys } from "../../commands/user/change-keys.ts";
import { formatKeys } from "../../commands/user/user-report.ts";
import { readKeySources } from "../../files/key-sources.ts";
import { loadConfig } from "../load.ts";
import { parseOptions } from "../options.ts";
import { USER_PATH_HELP, USER_PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type Program } from "../run.ts";
import { unknownUser } from "./unknown-user.ts";
import {
  createUserContext,
  createUserLog,
  requireRoot,
  userSources,
  withUserLock,
} from "./user-context.ts";
import { knownNameOf } from "./user-options.ts";

const HELP = `Usage: citc user keys NAME [options]

Lists the ssh keys of a user, with their fingerprints as 'ssh-keygen -l' prints
them, and adds or removes some: all that is asked for, or nothing. Whoever is
logged in stays so when a key goes. Keys that users have put into
~/.ssh/authorized_keys themselves log in too; that there are such is said.

Options:
  --add SOURCE              a file, - for standard input, or an https URL; may
                            be repeated
  --remove WORD             a fingerprint, or the comment of one key; may be
                            repeated
  --json                    print the keys as JSON
${USER_PATH_HELP}
  --help

Exit status: 0 done, or nothing to do; 1 nothing was changed, and why was said;
2 the command line is wrong.
`;

export const userKeys: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...USER_PATH_OPTIONS,
    add: { type: "string", multiple: true },
    remove: { type: "string", multiple: true },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const name = knownNameOf("keys", positionals);
  requireRoot("keys");
  const config = await loadConfig(values);
  const added = await readKeySources(values.add ?? [], userSources());
  if (added.kind === "invalid") throw new CommandError(`nothing was changed: ${added.message}`);
  const context = await createUserContext(config, createUserLog("keys", config, input));
  const change = { name, added: added.value, removed: values.remove ?? [] };
  const outcome = await withUserLock(input, name, () => changeKeys(context, change));
  switch (outcome.kind) {
    case "unknown":
      throw unknownUser(name, outcome.known);
    case "refused":
      throw new CommandError(`nothing was changed: ${outcome.message}`);
    case "failed":
      throw new CommandError(`nothing was changed: ${outcome.message}`);
    case "done":
      input.stdout.write(
        values.json === true ? `${JSON.stringify(outcome, null, 2)}\n` : formatKeys(name, outcome),
      );
      return 0;
  }
};
