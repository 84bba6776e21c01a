import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { IMAGE_RECIPES } from "../sandbox/machines/image-recipes.ts";
import { ANSIBLE, readRoleFile, roleFiles, tasksIn } from "./roles.ts";

/** What a role of compute.yml installs; the sandbox switches off chrony, updates and compilers, which stand under other names. */
function packagesOf(role: string): readonly string[] {
  if (!roleFiles(role).includes("vars/Debian.yml")) return [];
  const values = parse(readRoleFile(role, "vars/Debian.yml")) as Record<string, unknown>;
  const packages = values[`${role}_packages`] ?? [];
  return Array.isArray(packages)
    ? (packages as readonly string[])
    : ((packages as Record<string, readonly string[]>)["slurmd"] ?? []);
}

it("the sandbox's baked image has what a compute node's playbook would download", () => {
  const tasks = tasksIn(readFileSync(join(ANSIBLE, "compute.yml"), "utf8"));
  const roles = tasks.flatMap((task) => {
    const role = task["ansible.builtin.import_role"] as { readonly name: string } | undefined;
    return role === undefined ? [] : [role.name];
  });
  const packages = [...new Set(roles.flatMap(packagesOf))];
  expect(packages).toContain("slurmd");
  expect(packages.filter((it) => !IMAGE_RECIPES.baked.packages.includes(it))).toEqual([]);
});
