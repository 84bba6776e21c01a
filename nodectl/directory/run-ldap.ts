import { join } from "node:path";
import { runSubprocess, type SubprocessResult } from "../files/subprocess.ts";
import { DirectoryError } from "./directory.ts";

export interface LdapOptions {
  /** Where ldapsearch and ldapmodify are, e.g. /usr/bin. */
  readonly binDirectory: string;
  /** Absolute path of the directory's unix socket (LDAPI). */
  readonly socket: string;
}

/** Results of RFC 4511, 4.1.9; the programs of ldap-utils end with them. */
export const LDAP = {
  noValue: 16,
  constraint: 19,
  valueExists: 20,
  absent: 32,
  exists: 68,
} as const;

/** A directory on this computer answers within milliseconds, a page of thousands within a second. */
const TIMEOUT_MS = 30_000;
/** Some thousand users with 50 keys each. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const NOT_REACHED = 255;
const NOT_ROOT = 48;

export interface LdapSearch {
  readonly base: string;
  readonly filter: string;
  /** `*` is all but operational ones, which are given only when they are named. */
  readonly attributes: readonly string[];
}

/**
 * LDIF of what is below a base; empty when nothing is.
 * @throws DirectoryError
 */
export async function search(
  options: LdapOptions,
  { base, filter, attributes }: LdapSearch,
): Promise<string> {
  const words = ["-LLL", "-o", "ldif-wrap=no", "-s", "one", "-b", base, filter, ...attributes];
  return (await run(options, "ldapsearch", words, [])).stdout;
}

export interface ModifyResult {
  /** 0, or one of those that the caller reckons with. */
  readonly code: number;
  /** The directory's words. */
  readonly said: string;
}

/**
 * Does what one record says. It goes by standard input: nothing of it stands in the list of processes.
 * @param expected results besides success that are answers, not errors
 * @throws DirectoryError
 */
export async function modify(
  options: LdapOptions,
  ldif: string,
  expected: readonly number[],
): Promise<ModifyResult> {
  const result = await run(options, "ldapmodify", [], expected, ldif);
  return { code: result.exitCode ?? 0, said: wordsOf(result) };
}

async function run(
  { binDirectory, socket }: LdapOptions,
  program: string,
  words: readonly string[],
  expected: readonly number[],
  input?: string,
): Promise<SubprocessResult> {
  const url = `ldapi://${encodeURIComponent(socket)}`;
  const result = await runSubprocess({
    program: join(binDirectory, program),
    arguments: ["-Y", "EXTERNAL", "-Q", "-H", url, ...words],
    // No ldaprc of anybody's, and messages in English.
    environment: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", LC_ALL: "C", LDAPNOINIT: "1" },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
    ...(input !== undefined && { input }),
  });
  const isExpected = result.exitCode === 0 || expected.includes(result.exitCode ?? -1);
  if (isExpected) return result;
  throw new DirectoryError(describe(result, socket));
}

function describe(result: SubprocessResult, socket: string): string {
  const { failure, exitCode } = result;
  if (failure?.kind === "not-started")
    return `${failure.message}; install the package ldap-utils (openldap-clients)`;
  if (failure?.kind === "timed-out")
    return `the users' directory (${socket}) did not answer within ${failure.timeoutMs / 1000} s; see systemctl status dirsrv@citc`;
  if (exitCode === NOT_REACHED)
    return `the users' directory cannot be reached (${socket}); is it on this computer, and does it run? See systemctl status dirsrv@citc`;
  if (exitCode === NOT_ROOT) return `only root may change the users' directory (${socket})`;
  return `the users' directory refused: ${wordsOf(result)}`;
}

function wordsOf({ stderr, exitCode, failure }: SubprocessResult): string {
  const words = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ");
  return words === "" ? (failure?.kind ?? `exit code ${exitCode ?? "unknown"}`) : words;
}
