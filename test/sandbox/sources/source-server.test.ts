import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { git } from "../../git.ts";
import { silentLog } from "../../nodectl/commands/silent-log.ts";
import { copyRepository } from "./git-repository.ts";
import { copyArchive, type ServedArchive } from "./served-archive.ts";
import { startSourceServer, type SourceServer } from "./source-server.ts";

let directory: string;
let server: SourceServer;
let commits: readonly string[];
let archive: ServedArchive;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sources-"));
  const [source, served, packages] = ["source", "served", "packages"].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  await Promise.all([source, served, packages].map((path) => mkdir(path)));
  await git(source, "init", "--quiet");
  const made: string[] = [];
  for (const text of ["old", "new"]) {
    await writeFile(join(source, "file"), text);
    await git(source, "add", "file");
    await git(source, "commit", "--quiet", "--message", text);
    made.push(await git(source, "rev-parse", "HEAD"));
  }
  commits = made;
  await writeFile(join(packages, "git_2.39.5-0+deb12u3~1_all.deb"), "a package");
  await writeFile(join(directory, "secret"), "of this computer");
  await writeFile(join(directory, "archive"), "an archive");
  archive = await copyArchive(join(directory, "archive"), served);
  await writeFile(join(directory, "archive"), "that of the next build");
  server = await startSourceServer({
    hosts: ["127.0.0.1"],
    port: 0,
    repository: await copyRepository(source, served),
    packagesDirectory: packages,
    archive: archive.file,
    log: silentLog,
  });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function clonePath(name: string): string {
  return join(directory, name);
}

describe("the git repository", () => {
  test("is cloned with one commit, at the source's HEAD", async () => {
    await git(directory, "clone", "--quiet", "--depth=1", server.urls.git, clonePath("head"));
    expect(await readFile(join(clonePath("head"), "file"), "utf8")).toBe("new");
    expect(await git(clonePath("head"), "rev-list", "--count", "HEAD")).toBe("1");
  });

  test("gives any commit that is asked for by its id", async () => {
    const path = clonePath("pinned");
    await git(directory, "init", "--quiet", path);
    await git(path, "fetch", "--quiet", "--depth=1", server.urls.git, commits[0] ?? "");
    expect(await git(path, "show", "FETCH_HEAD:file")).toBe("old");
  });

  test("cannot be pushed to", async () => {
    const path = clonePath("pushing");
    await git(directory, "clone", "--quiet", server.urls.git, path);
    await expect(git(path, "push", "origin", "HEAD:refs/heads/other")).rejects.toThrow();
  });

  test.each(["/info/refs?service=git-receive-pack", "/info/refs", "/HEAD", "/config"])(
    "answers 404 for %s",
    async (path) => {
      expect((await fetch(server.urls.git + path)).status).toBe(404);
    },
  );
});

describe("the packages", () => {
  test("are named as apt names them", async () => {
    const answer = await fetch(`${server.urls.packages}./git_2.39.5-0%2bdeb12u3%7e1_all.deb`);
    expect([answer.status, await answer.text()]).toEqual([200, "a package"]);
  });

  test("can be asked for without their content, and nothing can be put there", async () => {
    const url = `${server.urls.packages}git_2.39.5-0+deb12u3~1_all.deb`;
    const head = await fetch(url, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("9");
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(404);
  });

  test.each(["Packages", "..%2fsecret", "%2e%2e/secret", ".%2f..%2fsecret", "", "%zz"])(
    "are all that there is: 404 for %j",
    async (name) => {
      expect((await fetch(server.urls.packages + name)).status).toBe(404);
    },
  );
});

test("the archive is the one file that is named, as it was when it was taken and with its digest", async () => {
  const answer = await fetch(server.urls.archive);
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, "an archive"]);
  expect(createHash("sha256").update(text).digest("hex")).toBe(archive.sha256);
  expect((await fetch(`${server.urls.archive}/secret`)).status).toBe(404);
});

test("a repository that is none is an error that names it", async () => {
  const place = await mkdtemp(join(directory, "no-"));
  await expect(copyRepository("/nowhere", place)).rejects.toThrow(/^\/nowhere cannot be copied/);
});
