import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const ANSIBLE = join(import.meta.dirname, "../../ansible");
const ROLES = join(ANSIBLE, "roles");

/** One variable of a role, as argument_specs.yml writes it. */
export interface RoleOption {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly choices?: readonly string[];
}

export function roleNames(): readonly string[] {
  return readdirSync(ROLES);
}

export function readRoleFile(role: string, path: string): string {
  return readFileSync(join(ROLES, role, path), "utf8");
}

/** All files of a role, with paths below it. */
export function roleFiles(role: string): readonly string[] {
  return readdirSync(join(ROLES, role), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROLES, role).length + 1));
}

/** The variables of all entry points together. */
export function roleOptions(role: string): ReadonlyMap<string, RoleOption> {
  const { argument_specs: specs } = parse(readRoleFile(role, "meta/argument_specs.yml")) as {
    argument_specs: Record<string, { options: Record<string, RoleOption> }>;
  };
  return new Map(Object.values(specs).flatMap(({ options }) => Object.entries(options)));
}

/** What a variable is when nobody sets it. */
export function roleDefaults(role: string): Readonly<Record<string, unknown>> {
  if (!roleFiles(role).includes("defaults/main.yml")) return {};
  return parse(readRoleFile(role, "defaults/main.yml")) as Record<string, unknown>;
}

type Task = Readonly<Record<string, unknown>>;

/** Each task of a file of tasks, handlers or plays, those in blocks and plays included. */
export function tasksIn(text: string): readonly Task[] {
  const nested = (task: Task): readonly Task[] => [
    task,
    ...["block", "rescue", "always", "tasks"].flatMap((key) =>
      ((task[key] ?? []) as readonly Task[]).flatMap(nested),
    ),
  ];
  return (parse(text) as readonly Task[]).flatMap(nested);
}
