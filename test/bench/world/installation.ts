import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { hostArchive } from "../../sandbox/host-archive.ts";

const LIBRARY = "/opt/citc/";

/** Our archive, unpacked below a directory of the bench. */
export interface Installation {
  /** The archive's own Node, on which everything that is compared runs. */
  readonly node: string;
  readonly nodeVersion: string;
  /** The executable that Slurm calls: a script whose first line names the runtime and its options. */
  readonly program: (name: "startnode" | "stopnode" | "finish" | "citc") => string;
}

/**
 * Unpacks dist/nodectl-linux-<arch>.tar.gz. The launchers name the runtime by its absolute path, /opt/citc: in the
 * unpacked copy they name the copy's, and nothing else is changed.
 * @throws Error when the archive has not been built
 */
export async function install(rootDirectory: string, directory: string): Promise<Installation> {
  await mkdir(directory, { recursive: true });
  await extract({ file: hostArchive(rootDirectory), cwd: directory });
  const executables = join(directory, "usr/local/bin");
  for (const name of await readdir(executables)) {
    const file = join(executables, name);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll(LIBRARY, `${directory}${LIBRARY}`));
  }
  const node = join(directory, LIBRARY, "bin/node");
  const { stdout } = await promisify(execFile)(node, ["--version"], { env: {} });
  return { node, nodeVersion: stdout.trim(), program: (name) => join(executables, name) };
}
