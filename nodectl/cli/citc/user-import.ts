import { addUser } from "../../commands/user/add-user.ts";
import { checkImport, importUsers, type ImportRequest } from "../../commands/user/import-users.ts";
import { count, formatImportLine, formatProblems } from "../../commands/user/user-report.ts";
import type { Problem } from "../../domain/problem.ts";
import {
  COLUMN_WORDS,
  IMPORT_ROWS_MAX,
  parseImportFile,
  wrong,
  type ImportRow,
} from "../../domain/user/import-file.ts";
import type { Checked } from "../../domain/result.ts";
import { INPUT_BYTES_MAX, readInputFile } from "../../files/input-file.ts";
import { readKeySources } from "../key-sources.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import { readBounded } from "../read-bounded.ts";
import { CommandError, type Program } from "../run.ts";
import { ACCOUNT_DEFAULT } from "./user-add.ts";
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
column may be repeated. At most ${IMPORT_ROWS_MAX} users. All rows are checked first, keys and
URLs too: when anything is wrong, everything that is wrong is said with its
line, and nothing is made. Users that are there already and agree are left
alone, so that the same file may be imported again.

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
  const config = await loadConfig(values);
  const context = await createUserContext(config, createUserLog("import", config, input));
  const shown = file === "-" ? "standard input" : file;
  const account = values.account ?? ACCOUNT_DEFAULT;
  const rows = orRefuse(parseImportFile(await textOf(file), shown, localNamesOf(context.local)));
  const requests = orRefuse(await readRequests(rows, shown, account));
  const problems = await checkImport(context, shown, requests);
  if (problems.length > 0) orRefuse({ kind: "invalid", problems });
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
async function textOf(file: string): Promise<string> {
  if (file === "-") return readBounded(process.stdin, INPUT_BYTES_MAX);
  return orRefuse(await readInputFile(file));
}

/** How many URLs are fetched at once. */
const SOURCES_AT_ONCE = 4;

/** The rows with their keys, or what is wrong with any of these. */
async function readRequests(
  rows: readonly ImportRow[],
  file: string,
  accountDefault: string,
): Promise<Checked<readonly ImportRequest[]>> {
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
      else problems.push({ file, line: row.line, message: keys.message, fix: "mend the row" });
    }
  }
  return problems.length > 0 ? wrong(problems) : { kind: "valid", value: requests };
}

function orRefuse<Value>(checked: Checked<Value>): Value {
  if (checked.kind === "valid") return checked.value;
  throw new CommandError(
    `nothing was made; wrong: ${count(checked.problems.length, "thing")}\n${formatProblems(checked.problems)}`.trimEnd(),
  );
}
