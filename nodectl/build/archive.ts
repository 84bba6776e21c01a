import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { create } from "tar";
import { defaultOf } from "../cli/setting-default.ts";
import { SETTINGS } from "../cli/settings.ts";
import { PROGRAMS, SCRIPTS, SHELL_LAUNCHER } from "./bundle.ts";

/** Where the archive's parts stand on a machine: the paths that Slurm and the admins know. */
const RUNTIME_PATH = "opt/citc/bin/node";
const LIBRARY_DIRECTORY = "opt/citc/lib";
const EXECUTABLE_DIRECTORY = "usr/local/bin";

/** Ours alone: without entries they would get their modes from the umask of whoever unpacks. */
const DIRECTORIES = ["opt/citc", "opt/citc/bin", LIBRARY_DIRECTORY];

/** Absolute, because Slurm gives no PATH; env only splits the options. */
const INTERPRETER = `/usr/bin/env -S /${RUNTIME_PATH}`;

/** Slurm's power programs, started by SHELL_LAUNCHER. The others are started by a line of JavaScript. */
const SHELL_STARTED: ReadonlySet<string> = new Set(["startnode", "stopnode"]);

/** Deprecations inside the SDK (punycode, url.parse) are no news for an admin. */
const QUIET = "--no-deprecation --max-semi-space-size=1";

/**
 * For the power programs, which wait more than they compute: without V8's optimizing compilers a run for 1,000 nodes stays below 120
 * MB (102 MB against 130), in the same time. Not --lite-mode: it takes WebAssembly away, which fetch needs. finish
 * and citc compute, and keep them.
 */
const FRUGAL = `${QUIET} --optimize-for-size --no-opt --no-maglev --no-sparkplug`;

const DEFAULT_LOG = defaultOf(SETTINGS.log_file);

/** Slurm refuses programs that group or others may write to, and calls them without a PATH. */
const EXECUTABLE_MODE = 0o755;

export interface ArchiveParts {
  readonly runtime: string;
  /** The scripts' folder: nodectl/bin. */
  readonly scriptDirectory: string;
  readonly bundleDirectory: string;
  readonly stageDirectory: string;
}

/** Lays the archive's files out below the stage directory and returns their paths in it. */
export async function stage(parts: ArchiveParts): Promise<string[]> {
  const files = [RUNTIME_PATH];
  const script = await readFile(join(parts.scriptDirectory, `${SHELL_LAUNCHER}.sh`), "utf8");
  await place(parts.runtime, join(parts.stageDirectory, RUNTIME_PATH));
  for (const name of PROGRAMS) {
    const library = `${LIBRARY_DIRECTORY}/${name}.cjs`;
    const executable = `${EXECUTABLE_DIRECTORY}/${name}`;
    await place(join(parts.bundleDirectory, `${name}.cjs`), join(parts.stageDirectory, library));
    const text = SHELL_STARTED.has(name)
      ? powerProgramText(script, {
          program: name,
          runtime: `/${RUNTIME_PATH}`,
          options: FRUGAL,
          library: `/${library}`,
          log: DEFAULT_LOG,
        })
      : `#!${INTERPRETER} ${QUIET}\n"use strict";\nrequire("/${library}");\n`;
    await writeLauncher(join(parts.stageDirectory, executable), text);
    files.push(library, executable);
  }
  for (const name of SCRIPTS) {
    const executable = `${EXECUTABLE_DIRECTORY}/${name}`;
    await place(join(parts.scriptDirectory, `${name}.sh`), join(parts.stageDirectory, executable));
    files.push(executable);
  }
  for (const directory of DIRECTORIES) {
    await chmod(join(parts.stageDirectory, directory), EXECUTABLE_MODE);
  }
  return files;
}

/** What bin/power-program.sh leaves open; `log` is where lines go that the program cannot write itself. */
export type PowerProgramWords = Readonly<
  Record<"program" | "runtime" | "options" | "library" | "log", string>
>;

/** The script that starts one of Slurm's power programs. */
export function powerProgramText(script: string, words: PowerProgramWords): string {
  return Object.entries(words).reduce(
    (text, [key, word]) => text.replaceAll(`@${key.toUpperCase()}@`, word),
    script,
  );
}

async function writeLauncher(launcher: string, text: string): Promise<void> {
  await mkdir(dirname(launcher), { recursive: true });
  await writeFile(launcher, text);
  await chmod(launcher, EXECUTABLE_MODE);
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, EXECUTABLE_MODE);
}

/**
 * Packs the staged files: the same content gives the same bytes (no time stamps, all owned by root), so that the
 * sha256 beside it tells whether anything changed.
 */
export async function pack(
  stageDirectory: string,
  files: readonly string[],
  archive: string,
): Promise<string> {
  const temporary = `${archive}.part`;
  await create(
    {
      file: temporary,
      cwd: stageDirectory,
      gzip: { level: 6 },
      portable: true,
      noPax: true,
      noDirRecurse: true,
      mtime: new Date(0),
      onWriteEntry: (entry) => {
        entry.path = relative(".", entry.path).split(sep).join("/");
      },
    },
    [...DIRECTORIES, ...[...files].sort()],
  );
  const digest = createHash("sha256")
    .update(await readFile(temporary))
    .digest("hex");
  await rename(temporary, archive);
  return digest;
}
