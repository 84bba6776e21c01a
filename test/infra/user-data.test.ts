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
  readonly user: string;
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

  it("has the admin opc on every image, who logs in with a key", () => {
    expect(config.user).toBe("opc");
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
