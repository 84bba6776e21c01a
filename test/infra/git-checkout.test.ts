import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGitCheckout } from "../../infra/git-checkout.ts";

// A repository of its own with a remote beside it; git's user and settings are those of the test.
let directory: string;
let checkout: string;

const ENVIRONMENT = { PATH: process.env["PATH"], HOME: "/nonexistent" };

function git(...words: readonly string[]): string {
  const author = ["-c", "user.name=me", "-c", "user.email=me@example.org"];
  const options = { cwd: checkout, env: ENVIRONMENT, encoding: "utf8", stdio: "pipe" } as const;
  return execFileSync("git", [...author, ...words], options).trim();
}

function commit(): void {
  git("commit", "-q", "--allow-empty", "-m", "a change");
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "git-checkout-"));
  checkout = join(directory, "checkout");
  await mkdir(checkout);
  git("init", "-q", "-b", "main");
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe("readGitCheckout()", () => {
  it("sees the remote, the commit and its tag", async () => {
    commit();
    git("init", "-q", "--bare", "../remote.git");
    git("remote", "add", "origin", "../remote.git");
    git("push", "-q", "origin", "main");
    git("tag", "v1.4");
    expect(await readGitCheckout(checkout, ENVIRONMENT)).toEqual({
      kind: "checkout",
      remoteUrl: "../remote.git",
      commit: git("rev-parse", "HEAD"),
      tag: "v1.4",
      isOnRemote: true,
      changedFileCount: 0,
    });
    commit();
    expect(await readGitCheckout(checkout, ENVIRONMENT)).toMatchObject({
      commit: git("rev-parse", "HEAD"),
      tag: undefined,
      isOnRemote: false,
    });
  });

  it("counts what is in no commit, and not what git ignores", async () => {
    await writeFile(join(checkout, "a.txt"), "1");
    await writeFile(join(checkout, ".gitignore"), "cluster.yaml\n");
    git("add", ".");
    commit();
    expect(await readGitCheckout(checkout, ENVIRONMENT)).toMatchObject({ changedFileCount: 0 });
    await writeFile(join(checkout, "a.txt"), "2");
    await writeFile(join(checkout, "new role.yml"), "");
    await writeFile(join(checkout, "cluster.yaml"), "");
    expect(await readGitCheckout(checkout, ENVIRONMENT)).toMatchObject({
      remoteUrl: undefined,
      isOnRemote: false,
      changedFileCount: 2,
    });
  });

  it("looks at this folder even inside a hook of another repository", async () => {
    commit();
    const environment = { ...ENVIRONMENT, GIT_DIR: "/nonexistent" };
    expect(await readGitCheckout(checkout, environment)).toMatchObject({ kind: "checkout" });
  });

  it("says why there is nothing to see", async () => {
    const nothing = async (folder: string, environment: Record<string, string | undefined>) => {
      const seen = await readGitCheckout(folder, environment);
      return seen.kind === "none" ? seen.reason : seen;
    };
    expect(await nothing(checkout, ENVIRONMENT)).toBe("there is no commit yet");
    expect(await nothing(directory, ENVIRONMENT)).toContain("not a git repository");
    expect(await nothing(checkout, { PATH: directory })).toBe("there is no program git");
    commit();
    await mkdir(join(checkout, "below"));
    expect(await nothing(join(checkout, "below"), ENVIRONMENT)).toBe(
      "this folder is a part of another repository",
    );
  });
});
