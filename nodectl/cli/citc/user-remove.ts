import { removeUser, type RemoveUserOutcome } from "../../commands/user/remove-user.ts";
import { formatRemoval, listJobs } from "../../commands/user/user-report.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { USER_PATH_HELP, USER_PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type ExitCode, type Program, type ProgramInput } from "../run.ts";
import { unknownUser } from "./unknown-user.ts";
import { createUserContext, createUserLog, requireRoot, withUserLock } from "./user-context.ts";
import { knownNameOf } from "./user-options.ts";

const HELP = `Usage: citc user remove NAME [options]

Says what removing a user would do, and with --yes does it: the ssh keys go
first and the entry is locked, so that a key in the home does not log in
either; then logins on this computer, the jobs, the associations in Slurm, the
home if that is wanted, and the entry in the directory last. What was killed
half way is finished by the same command. Logins on nodes, crontabs and what
lingers are not ended. The number is given to nobody else.

Options:
  --yes                     do it
  --keep-home               [the default] the files stay: 'citc user add' of
                            the same name gives them back, with the number
  --delete-home             remove the home with everything in it, for good
  --cancel-jobs             cancel the user's jobs first, which otherwise are
                            a reason to refuse
  --json                    print it as JSON
${USER_PATH_HELP}
  --help

Exit status: 0 the user is removed; 1 nothing or not all was done, and why was
said (without --yes nothing is); 2 the command line is wrong.
`;

export const userRemove: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...USER_PATH_OPTIONS,
    "keep-home": { type: "boolean" },
    "delete-home": { type: "boolean" },
    "cancel-jobs": { type: "boolean" },
    yes: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const name = knownNameOf("remove", positionals);
  const isHomeDeleted = values["delete-home"] === true;
  if (isHomeDeleted && values["keep-home"] === true)
    throw new UsageError("--keep-home and --delete-home: choose one");
  requireRoot("remove");
  const config = await loadConfig(values);
  const context = await createUserContext(config, createUserLog("remove", config, input));
  const request = {
    ...{ name, isHomeDeleted, isCancelling: values["cancel-jobs"] === true },
    isConfirmed: values.yes === true,
  };
  const outcome = await withUserLock(input, name, () => removeUser(context, request));
  if (values.json === true) {
    input.stdout.write(`${JSON.stringify({ name, ...outcome }, null, 2)}\n`);
    return outcome.kind === "done" ? 0 : 1;
  }
  return print(input, { name, outcome, isHomeDeleted });
};

interface Result {
  readonly name: string;
  readonly outcome: RemoveUserOutcome;
  readonly isHomeDeleted: boolean;
}

/** @throws CommandError */
function print(
  { stdout, stderr }: ProgramInput,
  { name, outcome, isHomeDeleted }: Result,
): ExitCode {
  switch (outcome.kind) {
    case "unknown":
      throw unknownUser(name, outcome.known);
    case "has-jobs":
      throw new CommandError(
        `nothing was done: ${name} has jobs: ${listJobs(outcome.jobIds)}; wait for them, or add --cancel-jobs`,
      );
    case "refused":
      throw new CommandError(`nothing was done: ${outcome.message}`);
    case "failed":
      throw new CommandError(
        `${outcome.message}; ${outcome.isLockedOut ? `${name} cannot log in any more; ` : ""}run the same command again to go on`,
      );
    case "planned":
      stdout.write(formatRemoval(outcome, isHomeDeleted));
      stderr.write("citc user remove: nothing was done; add --yes to do it\n");
      return 1;
    case "done":
      stdout.write(formatRemoval(outcome, isHomeDeleted));
      return 0;
  }
}
