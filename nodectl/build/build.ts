import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pack, stage } from "./archive.ts";
import { bundlePrograms, PROGRAMS, SCRIPTS, SHELL_LAUNCHER } from "./bundle.ts";
import { fetchRuntime, RUNTIME_VERSION, type Architecture } from "./runtime.ts";

const SCRIPT_DIRECTORY = "nodectl/bin";

export interface BuildOptions {
  /** The repository. */
  readonly rootDirectory: string;
  readonly architectures: readonly Architecture[];
  readonly report: (line: string) => void;
}

/**
 * Builds dist/nodectl-linux-<architecture>.tar.gz, and its sha256 beside it: all that a cluster machine installs. An
 * archive whose inputs have not changed is left as it is.
 * @returns the archives' paths
 */
export async function buildArchives(options: BuildOptions): Promise<string[]> {
  const { rootDirectory, architectures } = options;
  const distDirectory = join(rootDirectory, "dist");
  await mkdir(distDirectory, { recursive: true });
  const scratch = await mkdtemp(join(distDirectory, "build-"));
  try {
    const bundleDirectory = join(scratch, "bundles");
    await bundlePrograms(join(rootDirectory, "nodectl"), bundleDirectory);
    await keepMaps(bundleDirectory, join(distDirectory, "maps"));
    const archives: string[] = [];
    for (const architecture of architectures) {
      archives.push(await buildArchive(options, architecture, { scratch, bundleDirectory }));
    }
    return archives;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** An archive that may or may not be there, and what tells whether it was made of today's sources. */
export interface ExpectedArchive {
  readonly architecture: Architecture;
  /** Absolute, when the repository's path is. */
  readonly archive: string;
  /** Holds the digest of what the archive was made of. */
  readonly inputsFile: string;
  /** What it must say. */
  readonly inputs: string;
}

/** Bundles the programs to see what an archive is to be made of now (half a second), and makes none. */
export async function expectArchive(
  rootDirectory: string,
  architecture: Architecture,
): Promise<ExpectedArchive> {
  const bundleDirectory = await mkdtemp(join(tmpdir(), "nodectl-bundles-"));
  try {
    await bundlePrograms(join(rootDirectory, "nodectl"), bundleDirectory);
    const inputs = await inputsDigest(architecture, bundleDirectory, rootDirectory);
    const archive = archivePath(rootDirectory, architecture);
    return { architecture, archive, inputsFile: inputsFileOf(archive), inputs };
  } finally {
    await rm(bundleDirectory, { recursive: true, force: true });
  }
}

/** What there is of an archive: it is made of today's sources, or of others, or not there. */
export async function stateOfArchive({
  archive,
  inputsFile,
  inputs,
}: Pick<ExpectedArchive, "archive" | "inputsFile" | "inputs">): Promise<
  "up-to-date" | "stale" | "missing"
> {
  if (!existsSync(archive)) return "missing";
  return (await readIfThere(inputsFile)) === inputs ? "up-to-date" : "stale";
}

export function archivePath(rootDirectory: string, architecture: Architecture): string {
  return join(rootDirectory, "dist", `nodectl-linux-${architecture}.tar.gz`);
}

function inputsFileOf(archive: string): string {
  return `${archive}.inputs`;
}

async function buildArchive(
  { rootDirectory, report }: BuildOptions,
  architecture: Architecture,
  { scratch, bundleDirectory }: { scratch: string; bundleDirectory: string },
): Promise<string> {
  const distDirectory = join(rootDirectory, "dist");
  const archive = archivePath(rootDirectory, architecture);
  const inputs = await inputsDigest(architecture, bundleDirectory, rootDirectory);
  const inputsFile = inputsFileOf(archive);
  if ((await stateOfArchive({ archive, inputsFile, inputs })) === "up-to-date") {
    report(`${basename(archive)} is up to date`);
    return archive;
  }
  const runtime = await fetchRuntime(architecture, join(distDirectory, "cache"));
  const stageDirectory = join(scratch, architecture);
  const scriptDirectory = join(rootDirectory, SCRIPT_DIRECTORY);
  const files = await stage({ runtime, scriptDirectory, bundleDirectory, stageDirectory });
  const digest = await pack(stageDirectory, files, archive);
  await writeFile(`${archive}.sha256`, `${digest}  ${basename(archive)}\n`);
  await writeFile(inputsFile, inputs);
  report(`${basename(archive)} sha256 ${digest}`);
  return archive;
}

/** For whoever has to read a stack trace; not in the archive. */
async function keepMaps(bundleDirectory: string, mapDirectory: string): Promise<void> {
  await mkdir(mapDirectory, { recursive: true });
  for (const name of PROGRAMS) {
    const map = `${name}.cjs.map`;
    await copyFile(join(bundleDirectory, map), join(mapDirectory, map));
  }
}

async function inputsDigest(
  architecture: Architecture,
  bundleDirectory: string,
  rootDirectory: string,
): Promise<string> {
  const hash = createHash("sha256").update(`${RUNTIME_VERSION} ${architecture}`);
  for (const name of PROGRAMS) hash.update(await readFile(join(bundleDirectory, `${name}.cjs`)));
  for (const name of [...SCRIPTS, SHELL_LAUNCHER]) {
    hash.update(await readFile(join(rootDirectory, SCRIPT_DIRECTORY, `${name}.sh`)));
  }
  // How they are laid out is an input too.
  hash.update(await readFile(join(rootDirectory, "nodectl/build/archive.ts")));
  return hash.digest("hex");
}

async function readIfThere(file: string): Promise<string | undefined> {
  return existsSync(file) ? await readFile(file, "utf8") : undefined;
}
