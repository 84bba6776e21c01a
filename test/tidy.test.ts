import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const FILE_LINES_MAX = 300;

/** What git knows or would know: ignored files are nobody's style. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)));

const sources = files.filter((file) => /\.(ts|js|sh|py)$/.test(file));

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/**
 * Who may import whom: a file below the folder on the left may import what begins with one of those on the right
 * (its own folder always). The longest matching folder counts. design: bin -> cli -> commands -> adapters -> domain.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "nodectl/bin": ["nodectl/cli"],
  "nodectl/cli": [
    "nodectl/commands",
    "nodectl/oci",
    "nodectl/slurm",
    "nodectl/directory",
    "nodectl/files",
    "nodectl/domain",
  ],
  "nodectl/commands": [
    "nodectl/oci/provider.ts",
    "nodectl/oci/oci-errors.ts",
    "nodectl/slurm/control.ts",
    "nodectl/slurm/slurm-command-error.ts",
    "nodectl/directory/directory.ts",
    "nodectl/files",
    "nodectl/domain",
  ],
  "nodectl/oci": ["nodectl/domain"],
  "nodectl/slurm": ["nodectl/files/subprocess.ts", "nodectl/domain"],
  "nodectl/directory": ["nodectl/files/subprocess.ts", "nodectl/domain"],
  "nodectl/files": ["nodectl/domain"],
  "nodectl/domain": [],
  "nodectl/build": ["nodectl/cli"],
  infra: [
    "nodectl/domain",
    "nodectl/files/positioned-yaml.ts",
    "nodectl/files/input-file.ts",
    "nodectl/files/system-error.ts",
    "nodectl/oci/provider.ts",
    "nodectl/build",
  ],
  test: ["nodectl", "infra"],
};

/** Packages that only one room may know. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "oci-core": ["nodectl/oci", "test"],
  "oci-common": ["nodectl/oci", "test"],
  "oci-identity": ["nodectl/oci", "test"],
  "oci-workrequests": ["nodectl/oci", "test"],
  "oci-limits": ["nodectl/oci", "test"],
  yaml: ["nodectl/files", "test"],
  cdktf: ["infra", "test"],
  esbuild: ["nodectl/build", "test/bench"],
  "node:child_process": [
    "nodectl/files",
    "nodectl/build",
    "infra/git-checkout.ts",
    "infra/destroy",
    "test",
  ],
};

function importsOf(file: string): string[] {
  const pattern = /^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...read(file).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function roomOf(file: string): string | undefined {
  return Object.keys(ARROWS)
    .filter((folder) => isBelow(file, folder))
    .sort((a, b) => b.length - a.length)[0];
}

function forbiddenImports(file: string): string[] {
  const room = roomOf(file);
  if (room === undefined) return [];
  return importsOf(file).filter((specifier) => {
    if (!specifier.startsWith(".")) {
      const owner = PACKAGES[specifier];
      return owner !== undefined && !owner.some((folder) => isBelow(file, folder));
    }
    const target = relative(ROOT, join(ROOT, dirname(file), specifier));
    return ![room, ...(ARROWS[room] ?? [])].some((folder) => isBelow(target, folder));
  });
}

describe("the repository", () => {
  it("follows the arrows between its rooms", () => {
    const broken = sources
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => forbiddenImports(file).map((specifier) => `${file} imports ${specifier}`));
    expect(broken).toEqual([]);
  });

  it(`has no file of more than ${FILE_LINES_MAX} lines`, () => {
    const long = sources.filter((file) => read(file).split("\n").length - 1 > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it("reads process state only in cli/, build/ and tests", () => {
    const reading = sources.filter(
      (file) =>
        file.startsWith("nodectl/") &&
        !/^nodectl\/(cli|build)\//.test(file) &&
        /\bprocess\.(env|argv|exit|cwd)\b|\bDate\.now\(/.test(read(file)),
    );
    expect(reading).toEqual([]);
  });

  it("has nothing at its top but the given rooms", () => {
    const allowed = /^(infra|nodectl|ansible|userdata|test|\.ci)\/|^[^/]+$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it("has no util file and no replaced modules", () => {
    const mocking = new RegExp(["vi", "mock"].join(String.raw`\.`));
    expect(sources.filter((file) => /\/utils?\.ts$/.test(file))).toEqual([]);
    expect(sources.filter((file) => mocking.test(read(file)))).toEqual([]);
  });

  it("has no conflict of a merge, not even as a formatter of Markdown leaves its marks", () => {
    const pattern = /^\s*(<{7} |\\?={7}$|(> ?){7})/m;
    expect(files.filter((file) => pattern.test(read(file)))).toEqual([]);
  });

  it("names no registry or mirror and keeps no private key", () => {
    const pattern = /:\/\/[a-z0-9.-]*(npm[a-z]*|debian)\.(org|com)|BEGIN [A-Z ]*PRIVATE KEY/;
    expect(files.filter((file) => pattern.test(read(file)))).toEqual([]);
  });
});
