import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ANSIBLE, readRoleFile, roleDefaults, tasksIn } from "./roles.ts";

function fileOf(role: string, name: string): string {
  return join(ANSIBLE, "roles", role, "files", name);
}

describe("the directory and those who ask it", () => {
  it("agree on its root and on where the certificate and the password lie", () => {
    const [directory, sssd] = [roleDefaults("directory"), roleDefaults("sssd")];
    expect(sssd["sssd_suffix"]).toBe(directory["directory_suffix"]);
    expect(sssd["sssd_shared_directory"]).toBe(directory["directory_shared_directory"]);
  });

  it("agree on the account, which reads what sssd looks for, and no passwords", () => {
    const variables = parse(readRoleFile("directory", "vars/main.yml")) as Record<string, unknown>;
    const account = String(variables["directory_account"]).replace("directory_suffix", "suffix");
    const asked = parse(readRoleFile("sssd", "vars/main.yml")) as Record<string, unknown>;
    expect(String(asked["sssd_account"]).replace("sssd_suffix", "suffix")).toBe(account);
    const readable = variables["directory_readable"] as readonly string[];
    expect(readable).toEqual(expect.arrayContaining(["uidNumber", "nsSshPublicKey", "memberUid"]));
    expect(readable.filter((name) => /password|^\*$/i.test(name))).toEqual([]);
  });

  it("show no password: what reads one into a variable is not logged, and what writes it shows no difference", () => {
    const tasks = tasksIn(readRoleFile("sssd", "tasks/configure.yml"));
    const read = tasks.filter((task) => task["register"] === "sssd_password_read");
    expect(read).toMatchObject([{ no_log: true }]);
    const writing = tasks.filter((task) => JSON.stringify(task).includes("sssd.conf.j2"));
    expect(writing).toMatchObject([{ diff: false }, { diff: false }]);
  });
});

/** Runs the export with a directory whose people are a text; what was written, if anything was. */
describe("the users that are kept on the shared file system", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "directory-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function exportWith(answer: string): string {
    const stand = join(directory, "ldapsearch");
    writeFileSync(stand, `#!/bin/sh\ncase "$*" in *ou=groups*) exit 0 ;; esac\n${answer}\n`);
    chmodSync(stand, 0o755);
    const argv = ["ldapi://x", "dc=citc,dc=internal", join(directory, "users.ldif")];
    return execFileSync(fileOf("directory", "citc-directory-export.sh"), argv, {
      encoding: "utf8",
      env: { PATH: `${directory}:${process.env["PATH"] ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
  const kept = (name = "users.ldif"): string => readFileSync(join(directory, name), "utf8");

  it("are written when they have changed, and the state before stays", () => {
    expect(exportWith("echo dn: uid=ada")).toContain("kept 1 entries");
    expect(exportWith("echo dn: uid=ada")).toBe("");
    exportWith("echo dn: uid=bob");
    expect([kept(), kept("users.ldif.before")]).toEqual(["dn: uid=bob\n", "dn: uid=ada\n"]);
  });

  it("stay as they are when the directory does not answer to the end", () => {
    exportWith("echo dn: uid=ada");
    expect(() => exportWith("echo dn: uid=ada; exit 255")).toThrow();
    expect(() => exportWith("exit 255")).toThrow();
    expect(kept()).toBe("dn: uid=ada\n");
  });
});
