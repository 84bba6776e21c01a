import { shortened } from "../problem.ts";
import { invalid, type Reading } from "./reading.ts";

/** What is said of a user who is to be made, beside keys. */
export interface UserDetails {
  /** Absent: the name. */
  readonly fullName: string | undefined;
  readonly email: string | undefined;
  /** Absent: /bin/bash, or what somebody who is there already has. */
  readonly shell: string | undefined;
}

/** A user as the directory has one. */
export interface DirectoryUser {
  readonly name: string;
  readonly number: number;
  readonly groupNumber: number;
  readonly fullName: string;
  readonly email: string | undefined;
  readonly home: string;
  readonly shell: string;
  /** Lines of authorized_keys. */
  readonly keys: readonly string[];
  /** nsAccountLock: sssd lets nobody in whose entry has it, whatever key is shown. */
  readonly isLocked: boolean;
}

export const SHELL_DEFAULT = "/bin/bash";
const FULL_NAME_LENGTH_MAX = 100;
const EMAIL_LENGTH_MAX = 254;

/** What the options or a row say of a user. Empty texts are as good as none. */
export function readDetails(given: {
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  readonly shell?: string | undefined;
}): Reading<UserDetails> {
  const fullName = blankToNone(given.fullName);
  const email = blankToNone(given.email);
  const shell = blankToNone(given.shell);
  const problem = fullNameProblem(fullName) ?? emailProblem(email) ?? shellProblem(shell);
  return problem === undefined
    ? { kind: "valid", value: { fullName, email, shell } }
    : invalid(problem);
}

function blankToNone(text: string | undefined): string | undefined {
  const trimmed = text?.trim().normalize("NFC");
  return trimmed === "" ? undefined : trimmed;
}

/** passwd(5) has colons between its fields, and the name is one of them. */
function fullNameProblem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.length <= FULL_NAME_LENGTH_MAX && !/[:\p{C}\p{Zl}\p{Zp}]/u.test(text)) return undefined;
  return `full name "${shortened(text)}": write at most ${FULL_NAME_LENGTH_MAX} characters in one line, without colons`;
}

function emailProblem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.length <= EMAIL_LENGTH_MAX && /^[!-?A-~]+@[!-?A-~]+$/.test(text)) return undefined;
  return `email "${shortened(text)}": write an address such as ada@example.org`;
}

function shellProblem(text: string | undefined): string | undefined {
  if (text === undefined || /^\/[\w./+-]{1,200}$/.test(text)) return undefined;
  return `shell "${shortened(text)}": write an absolute path, such as ${SHELL_DEFAULT}`;
}

/** In what an entry differs from what was asked for; undefined when it is as asked. */
export function differenceOf(
  user: DirectoryUser,
  wanted: Partial<UserDetails> & { readonly number: number | undefined },
): string | undefined {
  const differences = [
    differ("number", String(user.number), wanted.number?.toString()),
    differ("full name", user.fullName, wanted.fullName),
    differ("email", user.email ?? "none", wanted.email),
    differ("shell", user.shell, wanted.shell),
  ].filter((text) => text !== undefined);
  return differences.length === 0 ? undefined : differences.join(", ");
}

function differ(what: string, has: string, wanted: string | undefined): string | undefined {
  if (wanted === undefined || wanted === has) return undefined;
  return `${what} is "${shortened(has)}", not "${shortened(wanted)}"`;
}
