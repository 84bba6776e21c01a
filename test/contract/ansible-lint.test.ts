import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** Debian's packages of these names. With what they need they are too large for the sandbox's set-up. */
const LINTERS = [
  { program: "ansible-lint", argv: ["--offline", "--nocolor", "-q"] },
  { program: "yamllint", argv: ["--strict", "ansible", ".ansible-lint", ".yamllint"] },
  { program: "ansible-playbook", argv: ["--syntax-check", "--inventory", "localhost,"] },
] as const;

const PLAYBOOKS = ["ansible/management.yml", "ansible/compute.yml"];

function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

describe.each(LINTERS)("$program", ({ program, argv }) => {
  const installed = isInstalled(program);
  const title = installed
    ? "has nothing to say of the playbooks"
    : `is not tried here: apt-get install --no-install-recommends ${program}`;

  it.runIf(installed)(title, () => {
    const files = program === "ansible-playbook" ? PLAYBOOKS : [];
    const { status, stdout, stderr } = spawnSync(program, [...argv, ...files], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect({ status, said: status === 0 ? "" : `${stdout}${stderr}` }).toEqual({
      status: 0,
      said: "",
    });
  });
});
