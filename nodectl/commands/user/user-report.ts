import type { Problem } from "../../domain/problem.ts";
import { formatProblem } from "../../domain/problem.ts";
import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import { fitTable, type Column } from "../status/table.ts";
import type { Paint } from "../status/text.ts";
import type { AddUserOutcome } from "./add-user.ts";
import type { KeysOutcome, StoredKey } from "./change-keys.ts";
import type { RemoveUserOutcome } from "./remove-user.ts";
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
    cell: ({ keys }) => (keys.length === 0 ? "none" : String(keys.length)),
    rank: 0,
    isNumber: true,
    tone: ({ keys }) => (keys.length === 0 ? "wrong" : "well"),
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
  const keyless = users.filter(({ keys }) => keys.length === 0).length;
  const note =
    keyless === 0
      ? []
      : ["", `Without a key nobody logs in: 'citc user keys NAME --add FILE' gives one.`];
  return `${[...lines, ...note].join("\n")}\n`;
}

const PARTS: Readonly<Record<UserStep["part"], string>> = {
  entry: "entry",
  group: "group",
  home: "home",
  account: "Slurm",
  keys: "key",
  jobs: "job",
};

const ACCOUNTING_OFF = "accounting is off, so no account is needed";

function stepLine({ part, did, what }: UserStep): string {
  const words: Readonly<Record<UserStep["did"], string>> = {
    made: "made",
    there: "was there",
    removed: part === "jobs" ? "cancelled" : "removed",
    kept: "kept",
    absent: "was not there",
    off: ACCOUNTING_OFF,
  };
  const subject =
    part === "account" ? (did === "off" || what === "" ? "" : `account ${what}`) : what;
  const text = [subject, words[did]].filter((it) => it !== "").join(": ");
  return `  ${PARTS[part].padEnd(6)} ${text}`;
}

/** What became of an add, for people. */
export function formatAdd(name: string, outcome: AddUserOutcome): string {
  switch (outcome.kind) {
    case "refused":
      return `nothing was made: ${outcome.message}\n`;
    case "planned":
      return outcome.isNew
        ? `${name} would be made, with the number ${outcome.number}.\n`
        : `${name} is there already (${outcome.number}) and agrees; what is missing would be made.\n`;
    case "failed":
      return `${formatFailure(name, outcome)}\n`;
    case "done": {
      const head = isUnchanged(outcome.steps)
        ? `${name} (${outcome.number}) is there already; nothing was changed.`
        : `${name} (${outcome.number}) is there.`;
      const hasKey = outcome.steps.some(({ part }) => part === "keys");
      const note = hasKey
        ? []
        : [`  no key was given: nobody can log in as ${name} by this; 'citc user keys ${name}'`];
      return `${[head, ...outcome.steps.map(stepLine), ...note].join("\n")}\n`;
    }
  }
}

function formatFailure(name: string, outcome: Extract<AddUserOutcome, { kind: "failed" }>): string {
  const { message, isTakenBack, left } = outcome;
  const head = `nothing was made: ${message}`;
  if (left.length > 0)
    return `${message}\n${name} was not made, and could not be taken back: ${left.join(", ")}; run the same command again`;
  return isTakenBack ? `${head}\nWhat had been made of ${name} is taken back.` : head;
}

/** Whether all was there before. */
export function isUnchanged(steps: readonly UserStep[]): boolean {
  return steps.every(({ did }) => did === "there" || did === "off");
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
      const did = isUnchanged(outcome.steps) ? "is there" : "made";
      return `${place} ${name}: ${did} (${outcome.number}, ${count(keys, "key")})\n`;
    }
  }
}

export function formatProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `  ${formatProblem(problem)}\n`).join("");
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
    `  keys   ${count(user.keys.length, "key")}; whoever is logged in stays so`,
    ...(outcome.jobIds.length === 0 ? [] : [`  jobs   cancelled: ${listed(outcome.jobIds)}`]),
    "  Slurm  all associations; what is in the accounting already stays",
    `  home   ${user.home}: ${isHomeDeleted ? "DELETED, with everything in it" : "kept; the number stays taken while it is there"}`,
    "  entry  and the group of the same name",
  ];
  return `${lines.join("\n")}\n`;
}

const JOBS_SHOWN_MAX = 10;

export function listed(ids: readonly string[]): string {
  const more = ids.length - JOBS_SHOWN_MAX;
  return `${ids.slice(0, JOBS_SHOWN_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function formatKeys(
  name: string,
  { keys, added, removed }: Extract<KeysOutcome, { kind: "done" }>,
): string {
  const changes = [
    ...added.map((key) => `added    ${key.fingerprint} ${key.comment}`.trimEnd()),
    ...removed.map((it) => `removed  ${describeKey(it)}`),
  ];
  const head =
    keys.length === 0
      ? `${name} has no key: nobody can log in as ${name}.`
      : `${name} has ${count(keys.length, "key")}:`;
  return `${[...changes, head, ...keys.map((it) => `  ${describeKey(it)}`)].join("\n")}\n`;
}

function describeKey({ key, line }: StoredKey): string {
  if (key === undefined) return `a line that is no key: ${JSON.stringify(line.slice(0, 60))}`;
  const type = key.type.replace(/^ssh-|@openssh\.com$/g, "");
  return `${key.fingerprint} ${type} ${key.comment}`.trimEnd();
}

export function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}
