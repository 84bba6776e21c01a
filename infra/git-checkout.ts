import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What git says of the folder that this program is in. */
export type GitCheckout =
  | {
      readonly kind: "checkout";
      /** Of the remote `origin`, as git has it: it may hold a password. */
      readonly remoteUrl: string | undefined;
      readonly commit: string;
      /** One that points at this very commit. */
      readonly tag: string | undefined;
      /** Whether a branch of `origin` held the commit when it was last fetched or pushed. */
      readonly isOnRemote: boolean;
      /** Files that differ from the commit, and those that git does not know. */
      readonly changedFileCount: number;
    }
  | { readonly kind: "none"; readonly reason: string };

const TIMEOUT_MS = 20_000;
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

const run = promisify(execFile);

/**
 * Looks at the checkout whose top is this folder. No network is used: what the remote has is what git remembers of it.
 * Throws when git does what it never should, such as to take longer than 20 s.
 */
export async function readGitCheckout(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GitCheckout> {
  const git = gitIn(directory, environment);
  const prefix = await git("rev-parse", "--show-prefix");
  if (prefix.kind === "failed") return { kind: "none", reason: prefix.reason };
  if (prefix.output !== "") {
    return { kind: "none", reason: "this folder is a part of another repository" };
  }
  const commit = await git("rev-parse", "--verify", "HEAD^{commit}");
  if (commit.kind === "failed") return { kind: "none", reason: "there is no commit yet" };
  const [remoteUrl, tag, branches, changes] = await Promise.all([
    git("remote", "get-url", "origin"),
    git("describe", "--exact-match", "--tags", "HEAD"),
    git("for-each-ref", "--count=1", "--contains=HEAD", "refs/remotes/origin"),
    git("status", "--porcelain"),
  ]);
  return {
    kind: "checkout",
    remoteUrl: outputOf(remoteUrl),
    commit: commit.output,
    tag: outputOf(tag),
    isOnRemote: linesOf(branches).length > 0,
    changedFileCount: linesOf(changes).length,
  };
}

type GitAnswer =
  | { readonly kind: "done"; readonly output: string }
  | { readonly kind: "failed"; readonly reason: string };

type Git = (...words: readonly string[]) => Promise<GitAnswer>;

/** Without git's own variables: inside a hook they name another repository than this folder's. */
function gitIn(
  directory: string,
  { PATH, HOME }: Readonly<Record<string, string | undefined>>,
): Git {
  const env = { PATH, HOME, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  return async (...words) => {
    try {
      const options = { cwd: directory, env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
      const { stdout } = await run("git", words, options);
      return { kind: "done", output: stdout.trim() };
    } catch (error) {
      return failureOf(error, words);
    }
  };
}

function failureOf(error: unknown, words: readonly string[]): GitAnswer {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  if (code === "ENOENT") return { kind: "failed", reason: "there is no program git" };
  if (typeof code !== "number") throw new Error(`git ${words.join(" ")} failed`, { cause: error });
  return { kind: "failed", reason: stderr?.split("\n")[0] ?? "" };
}

/** undefined where git says by its exit status that there is none. */
function outputOf(answer: GitAnswer): string | undefined {
  return answer.kind === "done" && answer.output !== "" ? answer.output : undefined;
}

/** Of a command that does not fail in a checkout. */
function linesOf(answer: GitAnswer): readonly string[] {
  if (answer.kind === "failed")
    throw new Error(`git cannot look at its checkout: ${answer.reason}`);
  return answer.output.split("\n").filter((line) => line !== "");
}
