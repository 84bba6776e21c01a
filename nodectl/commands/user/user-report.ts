import type { Problem } from "../../domain/problem.ts";
import { formatProblem } from "../../domain/problem.ts";
import { listWords } from "../../domain/explain/words.ts";
import { countText } from "../../domain/status/words.ts";
import { firstProblems } from "../../domain/user/import-file.ts";
import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import { fitTable, type Column } from "../status/table.ts";
import type { Paint } from "../status/text.ts";
import type { AddUserOutcome } from "./add-user.ts";
import type { ImportRequest } from "./import-users.ts";
import type { KeysOutcome, StoredKey } from "./change-keys.ts";
import { HALF_DELETED, type RemoveUserOutcome } from "./remove-user.ts";
import type { UserStep } from "./user-context.ts";

interface Layout {
  readonly columns: number;
  readonly paint: Paint;
}

const COLUMNS: readonly Column<DirectoryUser>[] = [
  { heading: "USER", cell: ({ name }) => name, rank: 0 },
  { heading: "NUMBER", cell: ({ number }) => String(number), rank: 1, isNumber: true },
  {
    heading: "KEYS",
    cell: ({ keys, isLocked }) =>
      isLocked ? "locked" : keys.length === 0 ? "none" : String(keys.length),
    rank: 0,
    isNumber: true,
    tone: ({ keys, isLocked }) => (isLocked || keys.length === 0 ? "wrong" : "well"),
  },
  { heading: "FULL NAME", cell: ({ fullName }) => fullName, rank: 2 },
  { heading: "EMAIL", cell: ({ email }) => email ?? "", rank: 3 },
  { heading: "HOME", cell: ({ home }) => home, rank: 4 },
];

export function formatUsers(users: readonly DirectoryUser[], { columns, paint }: Layout): string {
  if (users.length === 0)
    return "There are no users; 'sudo citc user add NAME --ssh-key FILE' makes one.\n";
  const table = fitTable(COLUMNS, users, { width: columns, paint });
  const lines = [table.heading, ...users.map(table.line)].map((line) => line.trimEnd());
  const isKeyless = users.some(({ keys, isLocked }) => keys.length === 0 && !isLocked);
  const isLocked = users.some((user) => user.isLocked);
  const notes = [
    ...(isKeyless ? [`Without a key: 'citc user keys NAME --add FILE' gives one.`] : []),
    ...(isLocked ? [`Locked, so that nobody logs in: 'citc user add NAME' unlocks.`] : []),
  ];
  return `${[...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n")}\n`;
}

const PARTS: Readonly<Record<UserStep["part"], string>> = {
  entry: "entry",
  lock: "lock",
  group: "group",
  home: "home",
  account: "Slurm",
  keys: "key",
  jobs: "job",
  logins: "logins",
};

const ACCOUNTING_OFF = "accounting is off, so no account is needed";

function stepLine({ part, did, what }: UserStep): string {
  const words: Readonly<Record<UserStep["did"], string>> = {
    made: "made",
    there: "was there",
    removed: REMOVED[part] ?? "removed",
    kept: KEPT[part] ?? "kept",
    absent: "was not there",
    off: ACCOUNTING_OFF,
  };
  const subject =
    part === "account" ? (did === "off" || what === "" ? "" : `account ${what}`) : what;
  const text = [subject, words[did]].filter((it) => it !== "").join(": ");
  return `  ${PARTS[part].padEnd(6)} ${text}`;
}

const REMOVED: Partial<Record<UserStep["part"], string>> = {
  jobs: "cancelled",
  lock: "lifted",
  logins: "ended",
};
const KEPT: Partial<Record<UserStep["part"], string>> = {
  lock: "stays, so that nobody logs in; 'citc user add' lifts it",
  logins: "could not be ended; the log says why",
};

/** What became of an add, for people. */
export function formatAdd(name: string, outcome: AddUserOutcome): string {
  switch (outcome.kind) {
    case "refused":
      return `nothing was made: ${outcome.message}\n`;
    case "planned": {
      const unlocked = outcome.isLocked ? ", and the lock lifted" : "";
      return outcome.isNew
        ? `${name} would be made, with the number ${outcome.number}.\n`
        : `${name} is there already (${outcome.number}) and agrees; what is missing would be made${unlocked}.\n`;
    }
    case "failed":
      return `${formatFailure(outcome)}\n`;
    case "done": {
      const head = outcome.isChanged
        ? `${name} (${outcome.number}) is there.`
        : `${name} (${outcome.number}) is there already; nothing was changed.`;
      const hasKey = outcome.steps.some(({ part }) => part === "keys");
      const notes = [
        ...(hasKey
          ? []
          : [`  no key was given: nobody can log in as ${name} by this; 'citc user keys ${name}'`]),
        ...(outcome.ownKeys === undefined ? [] : [`  ${ownKeysText(outcome.ownKeys)}`]),
      ];
      return `${[head, ...outcome.steps.map(stepLine), ...notes].join("\n")}\n`;
    }
  }
}

/** sshd looks there first. */
function ownKeysText(path: string): string {
  return `${path} is there: its keys log in too; move it away if they shall not`;
}

function formatFailure(outcome: Extract<AddUserOutcome, { kind: "failed" }>): string {
  const { message, isTakenBack, left } = outcome;
  if (left.length > 0)
    return `${message}\nNot taken back: ${left.join(", ")}; run the same command again, and it goes on from there.`;
  const head = `nothing was made: ${message}`;
  return isTakenBack ? `${head}\nWhat had been made is taken back.` : head;
}

/** One line for a row of an import. */
export function formatImportLine(place: string, name: string, outcome: AddUserOutcome): string {
  switch (outcome.kind) {
    case "refused":
    case "failed":
      return `${place} ${name}: ${outcome.message}\n`;
    case "planned":
      return `${place} ${name}: ${outcome.isNew ? "would be made" : "is there"}\n`;
    case "done": {
      const keys = outcome.steps.filter(({ part }) => part === "keys").length;
      const did = outcome.isChanged ? "made" : "is there";
      const isLocked = outcome.steps.some(({ part }) => part === "lock");
      const lock = isLocked ? `, and locked: 'citc user add ${name}' unlocks` : "";
      return `${place} ${name}: ${did} (${outcome.number}, ${countText(keys, "key")})${lock}\n`;
    }
  }
}

/** Of an import, for the end of a line. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = firstProblems(problems).map((problem) => `  ${formatProblem(problem)}`);
  return [`nothing was made; wrong: ${countText(problems.length, "thing")}`, ...lines].join("\n");
}

/** Where an import ended. */
export function formatImportStop({ line, name }: ImportRequest): string {
  return `citc user import: stopped at line ${line} (${name}); what stands above it is done: import the file again when it is mended\n`;
}

export function formatRemoval(
  outcome: Extract<RemoveUserOutcome, { kind: "planned" | "done" }>,
  isHomeDeleted: boolean,
): string {
  const { user } = outcome;
  if (outcome.kind === "done")
    return `${[`${user.name} (${user.number}) is removed.`, ...outcome.steps.map(stepLine)].join("\n")}\n`;
  const lines = [
    `${user.name} (${user.number}${user.fullName === user.name ? "" : `, ${user.fullName}`}) would be removed:`,
    `  keys   ${countText(user.keys.length, "key")}; nobody logs in any more, with a key in the home neither`,
    "  logins ended on this computer; on nodes they stay",
    ...(outcome.jobIds.length === 0 ? [] : [`  jobs   cancelled: ${listJobs(outcome.jobIds)}`]),
    "  Slurm  all associations; what is in the accounting already stays",
    `  home   ${user.home}: ${isHomeDeleted ? "DELETED, with everything in it" : `kept${outcome.isHalfDeleted ? `, ${HALF_DELETED}` : ""}`}`,
    "  entry  and the group of the same name; the number is not given to others",
  ];
  return `${lines.join("\n")}\n`;
}

const JOBS_SHOWN_MAX = 10;

export function listJobs(ids: readonly string[]): string {
  return listWords(ids, JOBS_SHOWN_MAX);
}

export function formatKeys(
  name: string,
  { keys, added, removed, isLocked, ownKeys }: Extract<KeysOutcome, { kind: "done" }>,
): string {
  const changes = [
    ...added.map((key) => `added    ${key.fingerprint} ${key.comment}`.trimEnd()),
    ...removed.map((it) => `removed  ${describeKey(it)}`),
  ];
  const head =
    keys.length === 0
      ? `${name} has no key${isLocked || ownKeys !== undefined ? " in the directory" : `: nobody can log in as ${name}`}.`
      : `${name} has ${countText(keys.length, "key")}:`;
  const foot = isLocked
    ? [`${name} is locked: nobody can log in as ${name}; 'citc user add ${name}' unlocks.`]
    : ownKeys === undefined
      ? []
      : [`${ownKeysText(ownKeys)}.`];
  const lines = [...changes, head, ...keys.map((it) => `  ${describeKey(it)}`), ...foot];
  return `${lines.join("\n")}\n`;
}

function describeKey({ key, line }: StoredKey): string {
  if (key === undefined) return `a line that is no key: ${JSON.stringify(line.slice(0, 60))}`;
  const type = key.type.replace(/^ssh-|@openssh\.com$/g, "");
  return `${key.fingerprint} ${type} ${key.comment}`.trimEnd();
}
