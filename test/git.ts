import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * What git prints in a repository that a test makes. The caller's environment is kept out: that of a hook that runs the tests
 * leads to the hook's repository.
 */
export async function git(directory: string, ...argv: readonly string[]): Promise<string> {
  const env = { PATH: process.env["PATH"], HOME: directory, GIT_TERMINAL_PROMPT: "0" };
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
  const all = ["-C", directory, ...identity, ...argv];
  return (await promisify(execFile)("git", all, { env, encoding: "utf8" })).stdout.trim();
}
