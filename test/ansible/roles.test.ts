import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ANSIBLE,
  readRoleFile,
  roleDefaults,
  roleFiles,
  roleNames,
  roleOptions,
  tasksIn,
} from "./roles.ts";

/** What is not a module among the keys of a task, a block or a play. */
const KEYWORDS = new Set([
  ...["name", "hosts", "gather_facts", "gather_subset", "vars", "tasks", "block", "rescue"],
  ...["when", "loop", "register", "until", "retries", "delay", "notify", "tags", "diff"],
  ...["changed_when", "failed_when", "check_mode", "environment", "loop_control", "no_log"],
]);

/** A row of the README's table of variables: name, default, meaning. */
function rowsOf(readme: string): ReadonlyMap<string, { ifAbsent: string; meaning: string }> {
  const rows = readme.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\|$/gm);
  return new Map(
    [...rows].map(([, name = "", ifAbsent = "", meaning = ""]) => [name, { ifAbsent, meaning }]),
  );
}

describe.each(roleNames())("role %s", (role) => {
  const options = roleOptions(role);

  it("has variables that begin with its name", () => {
    for (const name of [...options.keys(), ...Object.keys(roleDefaults(role))]) {
      expect(name).toMatch(new RegExp(`^${role}_`));
    }
  });

  it("has the same defaults in argument_specs as in defaults", () => {
    for (const [name, option] of options) {
      if (option.default !== undefined) expect(roleDefaults(role)[name]).toEqual(option.default);
    }
    for (const name of Object.keys(roleDefaults(role))) expect([...options.keys()]).toContain(name);
  });

  it("has a README that lists its variables", () => {
    const rows = rowsOf(readRoleFile(role, "README.md"));
    expect([...rows.keys()].sort()).toEqual([...options.keys()].sort());
    for (const [name, { description, required }] of options) {
      const row = rows.get(name);
      expect(row?.meaning.startsWith(description)).toBe(true);
      expect(row?.ifAbsent === "required").toBe(required === true);
    }
  });

  it("has a README that says what its variables are by themselves", () => {
    const defaults = roleDefaults(role);
    for (const [name, { ifAbsent }] of rowsOf(readRoleFile(role, "README.md"))) {
      // What is long is told in words.
      const [, value] = /^`(.+)`$/.exec(ifAbsent) ?? [];
      if (value === undefined)
        expect([name, ifAbsent]).toEqual([name, expect.stringMatching(/^[a-z/]/)]);
      else expect([name, JSON.parse(value)]).toEqual([name, defaults[name]]);
    }
  });

  it("has a file of names for each family of distributions, if it has one", () => {
    const families = roleFiles(role).filter((file) => /^vars\/[A-Z]/.test(file));
    if (families.length === 0) return;
    expect(families.sort()).toEqual(["vars/Debian.yml", "vars/RedHat.yml"]);
    const names = families.map((file) => readRoleFile(role, file).match(/^\w+(?=:)/gm));
    expect(names[0]).toEqual(names[1]);
    expect(readRoleFile(role, "vars/RedHat.yml")).toContain("# Untested.");
  });

  it("needs no collection: a machine that boots can fetch none", () => {
    const files = roleFiles(role).filter((file) => /^(tasks|handlers)\//.test(file));
    const modules = files
      .flatMap((file) => tasksIn(readRoleFile(role, file)))
      .flatMap((task) => Object.keys(task).filter((key) => !KEYWORDS.has(key)));
    expect(modules.filter((name) => !name.startsWith("ansible.builtin."))).toEqual([]);
  });
});

describe.each(["management.yml", "compute.yml"])("%s", (playbook) => {
  const tasks = tasksIn(readFileSync(join(ANSIBLE, playbook), "utf8"));
  const imported = tasks.flatMap((task) => {
    const role = task["ansible.builtin.import_role"] as { name: string } | undefined;
    return role === undefined ? [] : [{ name: role.name, vars: task["vars"] ?? {} }];
  });

  it("sets variables that the roles have", () => {
    expect(imported.length).toBeGreaterThan(5);
    for (const { name, vars } of imported) {
      expect([...roleOptions(name).keys()]).toEqual(expect.arrayContaining(Object.keys(vars)));
    }
  });

  it("says last that the machine is set up", () => {
    expect(imported.at(-1)?.name).toBe("finalise");
  });
});
