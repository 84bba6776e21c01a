import { addUser, type AddUserOutcome } from "../../commands/user/add-user.ts";
import { isRefusal, refusalText } from "../../commands/user/expected-error.ts";
import {
  askedForBy,
  checkImport,
  importUsers,
  type ImportRequest,
} from "../../commands/user/import-users.ts";
import {
  formatImportLine,
  formatImportStop,
  formatProblems,
} from "../../commands/user/user-report.ts";
import type { UserContext } from "../../commands/user/user-context.ts";
import type { Problem } from "../../domain/problem.ts";
import { ACCOUNT_DEFAULT, readAccount } from "../../domain/user/account-name.ts";
import {
  COLUMN_WORDS,
  IMPORT_ROWS_MAX,
  parseImportFile,
  type ImportRow,
} from "../../domain/user/import-file.ts";
import { FileLockError } from "../../files/file-lock.ts";
import { INPUT_BYTES_MAX, readInputFile, readInputStream } from "../../files/input-file.ts";
import { loadConfig, valueOf } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { USER_PATH_HELP, USER_PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type Program, type ProgramInput } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { openProgressLine } from "./progress-line.ts";
import {
  createUserContext,
  createUserLog,
  localNamesOf,
  requireRoot,
  userSources,
  withUserLock,
} from "./user-context.ts";
import { readImportRequests, unlessNone, type ImportRequests } from "./user-requests.ts";

const HELP = `Usage: citc user import FILE [options]

Makes the users of a CSV file, each as 'citc user add' does; FILE is - for
standard input. The first line names the columns:

  ${COLUMN_WORDS}

Only name must be there. keys has public keys, a line each, or https URLs; the
column may be repeated. At most ${IMPORT_ROWS_MAX} users. All rows are checked
first, keys and URLs too: when anything is wrong, everything that is wrong is
said with its line, and nothing is made. Users that are there already and agree
are left alone, and so are locks, so that the same file may be imported again.
A number that a row asks for goes to no other row.

  name,full name,email,keys
  ada,Ada Lovelace,ada@example.org,https://github.com/ada.keys

Options:
  --account NAME            for rows without one [those that a user has, or
                            ${ACCOUNT_DEFAULT}]
  --dry-run                 check rows, keys, URLs, and whether all sides
                            answer, and make nothing
${USER_PATH_HELP}
  --help

Exit status: 0 all are there; 1 something is wrong, and was said; 2 the command
line is wrong.
`;

export const userImport: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...USER_PATH_OPTIONS,
    account: { type: "string" },
    "dry-run": { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [file, extra] = positionals;
  if (file === undefined || extra !== undefined)
    throw new UsageError("expected one file: citc user import FILE.csv, or - for standard input");
  requireRoot("import");
  const account = unlessNone(values.account, readAccount);
  if (account.kind === "invalid") throw new CommandError(`nothing was made: ${account.message}`);
  const config = await loadConfig(values);
  const context = await createUserContext(config, createUserLog("import", config, input));
  const shown = file === "-" ? "standard input" : file;
  const parsed = parseImportFile(await textOf(file, shown), shown, localNamesOf(context.local));
  const read = await readRequests(input, parsed.rows, { file: shown, account: account.value });
  const against = await check(context, shown, read.requests);
  const problems = [...parsed.problems, ...read.problems, ...against];
  if (problems.length > 0) throw new CommandError(formatProblems(problems));
  const isDryRun = values["dry-run"] === true;
  const outcome = await importUsers(
    adderOf(input, withoutSaving(context), { requests: read.requests, isDryRun }),
    read.requests,
    ({ line, name }, row) => input.stdout.write(formatImportLine(`${shown}:${line}:`, name, row)),
  );
  if (!isDryRun) await context.followers.saveDirectory();
  if (outcome.kind === "done") return 0;
  input.stderr.write(formatImportStop(outcome.at));
  return 1;
};

/** @throws CommandError */
async function textOf(file: string, shown: string): Promise<string> {
  const read =
    file === "-"
      ? await readInputStream(process.stdin, shown, INPUT_BYTES_MAX)
      : await readInputFile(file);
  return valueOf(read);
}

/** Thousands of URLs take minutes: not without a word. */
async function readRequests(
  { stderr }: ProgramInput,
  rows: readonly ImportRow[],
  defaults: Parameters<typeof readImportRequests>[1],
): Promise<ImportRequests> {
  const progress = openProgressLine(stderr, systemClock);
  const onProgress = (done: number): void => {
    progress.waitFor(`keys of ${rows.length} users, ${done} of them are read`);
  };
  try {
    return await readImportRequests(rows, defaults, { ...userSources(), onProgress });
  } finally {
    progress.end();
  }
}

/** Once at the end is enough, and systemd refuses to start a unit more than five times in ten seconds. */
function withoutSaving(context: UserContext): UserContext {
  return {
    ...context,
    followers: { ...context.followers, saveDirectory: () => Promise.resolve() },
  };
}

/** @throws CommandError when one of the sides does not answer */
async function check(
  context: UserContext,
  file: string,
  requests: readonly ImportRequest[],
): Promise<readonly Problem[]> {
  try {
    return await checkImport(context, file, requests);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new CommandError(`nothing was made: ${refusalText(error)}`, { cause: error });
  }
}

/** One row at a time; that somebody else holds its lock is the end of an import as any other failure is. */
function adderOf(
  input: ProgramInput,
  context: UserContext,
  {
    requests,
    isDryRun,
  }: { readonly requests: readonly ImportRequest[]; readonly isDryRun: boolean },
) {
  const askedFor = askedForBy(requests);
  return async (request: ImportRequest): Promise<AddUserOutcome> => {
    const add = () => addUser(context, request, { isDryRun, askedFor });
    try {
      return await withUserLock(input, request.name, add);
    } catch (error) {
      if (!(error instanceof FileLockError)) throw error;
      return { kind: "failed", message: error.message, isTakenBack: false, left: [] };
    }
  };
}
