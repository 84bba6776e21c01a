import { addUser } from "../../commands/user/add-user.ts";
import { checkImport, importUsers, type ImportRequest } from "../../commands/user/import-users.ts";
import { count, formatImportLine, formatProblems } from "../../commands/user/user-report.ts";
import type { Problem } from "../../domain/problem.ts";
import { ACCOUNT_DEFAULT, readAccount } from "../../domain/user/account-name.ts";
import {
  COLUMN_WORDS,
  IMPORT_ROWS_MAX,
  parseImportFile,
  problemOf,
  firstProblems,
  type ImportRow,
} from "../../domain/user/import-file.ts";
import { INPUT_BYTES_MAX, readInputFile, readInputStream } from "../../files/input-file.ts";
import { readKeySources } from "../../files/key-sources.ts";
import { loadConfig, valueOf } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type Program } from "../run.ts";
import {
  createUserContext,
  createUserLog,
  localNamesOf,
  requireRoot,
  withUserLock,
} from "./user-context.ts";

const HELP = `Usage: citc user import FILE [options]

Makes the users of a CSV file, each as 'citc user add' does; FILE is - for
standard input. The first line names the columns:

  ${COLUMN_WORDS}

Only name must be there. keys has public keys, a line each, or https URLs; the
column may be repeated. At most ${IMPORT_ROWS_MAX} users. All rows are checked
first, keys and URLs too: when anything is wrong, everything that is wrong is
said with its line, and nothing is made. Users that are there already and agree
are left alone, so that the same file may be imported again.

  name,full name,email,keys
  ada,Ada Lovelace,ada@example.org,https://github.com/ada.keys

Options:
  --account NAME            for rows without one [${ACCOUNT_DEFAULT}]
  --dry-run                 check everything, and make nothing
${PATH_HELP}
  --help

Exit status: 0 all are there; 1 something is wrong, and was said; 2 the command
line is wrong.
`;

export const userImport: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
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
  const account = readAccount(values.account ?? ACCOUNT_DEFAULT);
  if (account.kind === "invalid") throw new CommandError(`nothing was made: ${account.message}`);
  const config = await loadConfig(values);
  const context = await createUserContext(config, createUserLog("import", config, input));
  const shown = file === "-" ? "standard input" : file;
  const parsed = parseImportFile(await textOf(file, shown), shown, localNamesOf(context.local));
  const read = await readRequests(parsed.rows, shown, account.value);
  const { requests } = read;
  const against = await checkImport(context, shown, requests);
  refuseIf([...parsed.problems, ...read.problems, ...against]);
  const isDryRun = values["dry-run"] === true;
  const outcome = await importUsers(
    (request) => withUserLock(request.name, () => addUser(context, request, { isDryRun })),
    requests,
    ({ line, name }, row) => input.stdout.write(formatImportLine(`${shown}:${line}:`, name, row)),
  );
  if (outcome.kind === "done") return 0;
  const { line, name } = outcome.at;
  input.stderr.write(
    `citc user import: stopped at line ${line} (${name}); what stands above it is done: import the file again when it is mended\n`,
  );
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

/** How many URLs are fetched at once. */
const SOURCES_AT_ONCE = 4;

interface Requests {
  readonly requests: readonly ImportRequest[];
  readonly problems: readonly Problem[];
}

/** The rows with their keys, and what is wrong with those of the others. */
async function readRequests(
  rows: readonly ImportRow[],
  file: string,
  accountDefault: string,
): Promise<Requests> {
  const requests: ImportRequest[] = [];
  const problems: Problem[] = [];
  const sources = { fetch: globalThis.fetch, stdin: process.stdin };
  for (let index = 0; index < rows.length; index += SOURCES_AT_ONCE) {
    const batch = rows.slice(index, index + SOURCES_AT_ONCE);
    const read = await Promise.all(
      batch.map(async (row) => ({ row, keys: await readKeySources(row.keys, sources) })),
    );
    for (const { row, keys } of read) {
      if (keys.kind === "valid")
        requests.push({ ...row, account: row.account ?? accountDefault, keys: keys.value });
      else problems.push(problemOf(file, keys.message, row.line));
    }
  }
  return { requests, problems };
}

/** @throws CommandError when there are any */
function refuseIf(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const head = `nothing was made; wrong: ${count(problems.length, "thing")}`;
  throw new CommandError(`${head}\n${formatProblems(firstProblems(problems))}`.trimEnd());
}
