import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type BootFiles, judgeBootFiles } from "../../../../nodectl/domain/doctor/boot-files.ts";

const KEY = `ssh-ed25519 ${"A".repeat(68)} admin@lab\n`;
const FILES: BootFiles = {
  userDataFile: "/home/slurm/bootstrap.sh",
  userData: "#!/bin/bash\necho booted\n",
  sshKeysFile: "/home/slurm/opc_authorized_keys",
  sshKeys: `# the lab's\n${KEY}`,
};

/** What gzip cannot make smaller. */
function script(bytes: number): string {
  return `#!/bin/bash\n# ${randomBytes(bytes / 2).toString("hex")}\n`;
}

describe("judgeBootFiles()", () => {
  it("says how much of OCI's room they take", () => {
    expect(judgeBootFiles(FILES)).toEqual([
      { kind: "ok", seen: expect.stringMatching(/^\d+ bytes with the keys, of 32000$/) as string },
    ]);
  });

  it("warns before the script is too long, and finds one that is", () => {
    expect(judgeBootFiles({ ...FILES, userData: script(40_500) })).toMatchObject([
      { kind: "warning", fix: "shorten them: OCI takes 32000" },
    ]);
    expect(judgeBootFiles({ ...FILES, userData: script(50_000) })).toMatchObject([
      { kind: "wrong", fix: "shorten them: OCI takes 32000" },
    ]);
  });

  it("counts the keys as well", () => {
    expect(judgeBootFiles({ ...FILES, sshKeys: KEY.repeat(400) })).toMatchObject([
      { kind: "wrong" },
    ]);
  });

  it("finds what cloud-init would pass over without a word", () => {
    expect(judgeBootFiles({ ...FILES, userData: "\n#!/bin/bash\n" })).toMatchObject([
      { kind: "wrong", fix: expect.stringContaining("#cloud-config") as string },
    ]);
    for (const userData of ["#cloud-config\n", "Content-Type: multipart/mixed\n"]) {
      expect(judgeBootFiles({ ...FILES, userData })).toMatchObject([{ kind: "ok" }]);
    }
  });

  it("warns when nobody could log in", () => {
    for (const sshKeys of ["", `# ${KEY}`, "ssh-ed25519 short\n"]) {
      expect(judgeBootFiles({ ...FILES, sshKeys })).toMatchObject([
        { kind: "warning", seen: "/home/slurm/opc_authorized_keys holds no ssh key" },
      ]);
    }
    const withOptions = `restrict,from="10.0.0.0/8" ${KEY}`;
    expect(judgeBootFiles({ ...FILES, sshKeys: withOptions })).toMatchObject([{ kind: "ok" }]);
  });
});
