import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BootNotes } from "../../../nodectl/files/boot-notes.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "notes-"));
});
afterEach(() => rm(directory, { recursive: true }));

function leave(name: string, text: string): Promise<void> {
  return writeFile(join(directory, name), text);
}

it("reads what the machines of these nodes have left", async () => {
  await leave("n1.failed", "i-1\nno key\n");
  await leave("n2.failed", "i-2\nno package\n");
  await leave("n3", "a marker\n");
  const notes = await new BootNotes(directory).read(["n1", "n3", "n4"]);
  expect(notes).toEqual(new Map([["n1", { instanceOcid: "i-1", words: "no key" }]]));
});

it("reads the beginning of a long one, and nothing of one that is none", async () => {
  await leave("n1.failed", `i-1\n${"x".repeat(5000)}`);
  await leave("n2.failed", "");
  await leave("n3.failed", "i-3\n");
  await symlink("/etc/hostname", join(directory, "n4.failed"));
  execFileSync("mkfifo", [join(directory, "n5.failed")]);
  const notes = await new BootNotes(directory).read(["n1", "n2", "n3", "n4", "n5"]);
  expect([...notes.keys()]).toEqual(["n1"]);
  expect(notes.get("n1")?.words).toMatch(/^x{1000,1024}$/);
});

it("knows none before the playbook has made the directory, and says when it cannot be read", async () => {
  expect(await new BootNotes(join(directory, "none")).read(["n1"])).toEqual(new Map());
  await leave("file", "");
  await expect(new BootNotes(join(directory, "file")).read(["n1"])).rejects.toThrow("ENOTDIR");
});
