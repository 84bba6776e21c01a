import { formatUsers } from "../../commands/user/user-report.ts";
import { columnsOf } from "../columns.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { USER_PATH_HELP, USER_PATH_OPTIONS } from "../path-options.ts";
import type { Program } from "../run.ts";
import { paintOf } from "./paint.ts";
import { createUserContext, createUserLog, requireRoot } from "./user-context.ts";

const HELP = `Usage: citc user list [options]

All users of the directory, in the order of their names.

Options:
  --json                    print everything of each as JSON, keys too
${USER_PATH_HELP}
  --help

Exit status: 0 they are listed; 1 the directory cannot be asked; 2 the command
line is wrong.
`;

export const userList: Program = async (input) => {
  const { stdout } = input;
  const { values, positionals } = parseOptions(input.argv, {
    ...USER_PATH_OPTIONS,
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    stdout.write(HELP);
    return 0;
  }
  const [extra] = positionals;
  if (extra !== undefined)
    throw new UsageError(
      `unexpected argument ${JSON.stringify(extra)}; 'citc user keys NAME' tells of one`,
    );
  requireRoot("list");
  const config = await loadConfig(values);
  const { directory } = await createUserContext(config, createUserLog("list", config, input));
  const users = await directory.listUsers();
  stdout.write(
    values.json === true
      ? `${JSON.stringify(users, null, 2)}\n`
      : formatUsers(users, { columns: columnsOf(stdout), paint: paintOf(stdout) }),
  );
  return 0;
};
