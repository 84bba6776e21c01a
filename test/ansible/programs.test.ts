import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ANSIBLE } from "./roles.ts";

const SCRIPT = join(ANSIBLE, "roles/nodectl/files/install-programs.sh");
const PROGRAM = "usr/local/bin/startnode";

describe("the programs of an archive", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "programs-"));
    mkdirSync(join(directory, "root"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const installed = (): string => join(directory, "root", PROGRAM);

  function pack(text: string): string {
    const tree = join(directory, "tree");
    mkdirSync(join(tree, "usr/local/bin"), { recursive: true });
    writeFileSync(join(tree, PROGRAM), text);
    chmodSync(join(tree, PROGRAM), 0o755);
    const archive = join(directory, "archive.tar.gz");
    execFileSync("tar", ["-czf", archive, "-C", tree, "usr"]);
    return archive;
  }
  function install(archive: string): string {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    return execFileSync(SCRIPT, [archive, join(directory, "root")], {
      encoding: "utf8",
      stdio: [...stdio],
    });
  }

  it("are installed, and a second time nothing is done", () => {
    const archive = pack("one");
    expect(install(archive)).toContain("installed");
    expect(readFileSync(installed(), "utf8")).toBe("one");
    expect(statSync(installed()).mode & 0o7777).toBe(0o755);
    expect(install(archive)).toBe("");
  });

  it("take the place of older ones, which whoever has them open goes on with", () => {
    install(pack("one"));
    const before = statSync(installed()).ino;
    install(pack("another"));
    expect(readFileSync(installed(), "utf8")).toBe("another");
    expect(statSync(installed()).ino).not.toBe(before);
  });

  it("come back when one is gone or has other modes", () => {
    const archive = pack("one");
    install(archive);
    chmodSync(installed(), 0o775);
    expect(install(archive)).toContain("installed");
    expect(statSync(installed()).mode & 0o7777).toBe(0o755);
    rmSync(installed());
    expect(install(archive)).toContain("installed");
    expect(readFileSync(installed(), "utf8")).toBe("one");
  });

  it("stay as they are when the archive is not whole", () => {
    const archive = pack("one");
    install(archive);
    writeFileSync(archive, readFileSync(archive).subarray(0, 60));
    expect(() => install(archive)).toThrow();
    expect(readFileSync(installed(), "utf8")).toBe("one");
  });
});
