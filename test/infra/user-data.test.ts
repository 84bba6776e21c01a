import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderUserData } from "../../infra/user-data.ts";
import { encodeUserData, METADATA_BYTES_MAX } from "../../nodectl/domain/user-data.ts";

const DIRECTORY = join(import.meta.dirname, "../../userdata");

interface CloudConfig {
  readonly user: { readonly name: string; readonly uid: number };
  readonly ssh_pwauth: boolean;
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

describe("the management node's user data", () => {
  const text = renderUserData(DIRECTORY, "management.yaml");
  const config = parse(text) as CloudConfig;

  it("is a cloud-config", () => {
    expect(text).toMatch(/^#cloud-config\n/);
  });

  it("has the admin opc on every image, with one number on all machines, who logs in with a key", () => {
    const [, number] = /ADMIN_ID=(\d+)/.exec(renderUserData(DIRECTORY, "compute.sh")) ?? [];
    expect(config.user).toEqual({ name: "opc", uid: Number(number) });
    expect(config.ssh_pwauth).toBe(false);
  });

  it("runs the script that it writes, which is the repository's with what it includes", () => {
    const [file] = config.write_files;
    expect(config.runcmd).toEqual([[file?.path]]);
    expect(file?.content).toBe(renderUserData(DIRECTORY, "management.sh"));
  });
});

describe.each(["management.sh", "compute.sh"])("%s, rendered", (name) => {
  const text = renderUserData(DIRECTORY, name);

  it("has what it includes, and no place left open for it", () => {
    expect(text).toContain("run_playbook() {");
    expect(text).not.toContain("{%");
  });

  it("stops at the first failure", () => {
    expect(text).toContain("set -euo pipefail\n");
  });

  it("leaves half of the room for what a lab adds", () => {
    expect(encodeUserData(text).length).toBeLessThan(METADATA_BYTES_MAX / 2);
  });

  it("has no text that Jinja would take for a comment of its own", () => {
    expect(text).not.toContain("{#");
  });
});

it("a file that includes itself is refused", () => {
  const directory = mkdtempSync(join(tmpdir(), "citc-user-data-"));
  try {
    writeFileSync(join(directory, "loop.sh"), '# {% include "loop.sh" %}\n');
    expect(() => renderUserData(directory, "loop.sh")).toThrow("loop.sh includes itself");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const hasShellcheck = spawnSync("shellcheck", ["--version"]).error === undefined;

describe.runIf(hasShellcheck)("shellcheck", () => {
  it.each(["management.sh", "compute.sh"])("has nothing to say of %s, rendered", (name) => {
    const { stdout } = spawnSync("shellcheck", ["-"], {
      input: renderUserData(DIRECTORY, name),
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  });
});

/** What a function of functions.sh prints of its input. */
function inBash(command: string, input = ""): string {
  const script = `set -euo pipefail; source "$0"; ${command}`;
  const run = spawnSync("bash", ["-c", script, join(DIRECTORY, "functions.sh")], {
    ...{ input, encoding: "utf8" },
  });
  expect(run.stderr).toBe("");
  return run.stdout.trim();
}

describe("what ansible-pull failed with", () => {
  const failure = (log: string): string => inBash("playbook_failure", log);

  it("is the task and its message", () => {
    const log = `TASK [munge : Check that there is one] ****
fatal: [n1]: FAILED! => {"assertion": "a", "changed": false, "msg": "no \\"key\\" there:\\nlook"}

PLAY RECAP ****`;
    expect(failure(log)).toBe("munge : Check that there is one: no 'key' there: look");
  });

  it("is what a command said that failed, or one item of a list", () => {
    const command =
      'TASK [a] ***\nfatal: [n1]: FAILED! => {"msg": "non-zero return code", "rc": 1, "stderr": "no disk"}';
    expect(failure(command)).toBe("a: no disk");
    const item = 'RUNNING HANDLER [b : c] *\nfailed: [n1] (item=x) => {"msg": "no source"}';
    expect(failure(item)).toBe("b : c: no source");
  });

  it("is what git said when the ref is not there", () => {
    const log = `localhost | FAILED! => {
    "changed": false,
    "msg": "Failed to checkout v9"
}`;
    expect(failure(log)).toBe("Failed to checkout v9");
  });

  it("is Ansible's own error, or the task at which it was ended", () => {
    expect(failure("ERROR! the playbook: x.yml could not be\nfound\n\nTASK")).toBe(
      "ERROR! the playbook: x.yml could not be found",
    );
    expect(failure("TASK [a : b] ***\nok: [n1]\n")).toBe("its last task was a : b");
    expect(failure("")).toBe("");
  });
});

it("of what a command wrote the error is told, not the advice below it, or else the last line", () => {
  const git = "fatal: no repository\nfatal: Could not read\n\nPlease make sure\nand it exists.\n";
  expect(inBash("cause", git)).toBe("fatal: no repository");
  expect(inBash("cause", "Reading\nmount.nfs: timed out\n\n")).toBe("mount.nfs: timed out");
  expect(inBash("cause")).toBe("");
});

it("a line for the console is one, bounded, without whatever a URL has before its host", () => {
  const words = "one_line 'could not reach  https://me:secret@host/x\ny'";
  expect(inBash(words)).toBe("could not reach https://host/x y");
  expect(inBash(`one_line "$(printf 'x%.0s' {1..999})"`)).toBe("x".repeat(300));
});
