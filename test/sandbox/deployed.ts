import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CommandError } from "../../nodectl/cli/run.ts";
import { createSshKey } from "./machines/secrets.ts";
import { SYSTEM_PATH } from "./requirements.ts";
import type { BootingOptions } from "./sandbox-options.ts";

const REPOSITORY = import.meta.dirname;
const GIT_MS_MAX = 20_000;

/**
 * Machines of a cluster that is deployed from this repository's last commit: a management node of a bare image, and nodes whose image has all packages.
 * Playbooks are the commit's; the archive and what user data says are the working tree's.
 * @throws CommandError where this is no git checkout
 */
export async function deployedFromHead(): Promise<
  BootingOptions & { readonly deployment: { readonly ref: string } }
> {
  const ref = await git(REPOSITORY, "rev-parse", "--verify", "HEAD^{commit}");
  // A deployment has one at least; what opc does here is done by exec.
  const deployment = { ref, sshPublicKeys: [createSshKey("opc")] };
  return { image: "baked", managementImage: "bare", deployment };
}

/** How many files of this repository differ from its last commit, or are not in it. @throws CommandError as above */
export async function countChanges(repository = REPOSITORY): Promise<number> {
  const text = await git(repository, "status", "--porcelain", "--", ":/");
  return text === "" ? 0 : text.split("\n").length;
}

/** The checkout of a person who calls us with sudo is not root's, which git otherwise refuses. Inside a hook, its variables name another repository. */
async function git(directory: string, ...words: readonly string[]): Promise<string> {
  const argv = ["-C", directory, "-c", "safe.directory=*", ...words];
  const env = { PATH: SYSTEM_PATH, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  try {
    const { stdout } = await promisify(execFile)("git", argv, { env, timeout: GIT_MS_MAX });
    return stdout.trim();
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new CommandError(
      `machines that boot pull a commit of this repository, and git names none: ${stderr.trim() || message}`,
      { cause: error },
    );
  }
}
