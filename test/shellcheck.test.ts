import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** Debian's package of this name; `npm run check` needs no package, so that it may be missing. */
const isInstalled = spawnSync("shellcheck", ["--version"]).error === undefined;

const scripts = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)))
  .filter((file) => /^#!\/bin\/(ba)?sh\b/.test(readFileSync(join(ROOT, file), "utf8")));

describe.runIf(isInstalled)("shellcheck", () => {
  it.each(scripts)("has nothing to say of %s", (file) => {
    const { stdout, stderr } = spawnSync("shellcheck", [file], { cwd: ROOT, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toBe("");
  });
});
