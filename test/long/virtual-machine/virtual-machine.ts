import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ReleaseName } from "../../sandbox/machines/releases.ts";
import { ensureOwnImage, runApart } from "../own-image.ts";

const HERE = import.meta.dirname;
const ROLES = resolve(HERE, "../../../ansible/roles");
const GIVEN = ["main.sh", "playbook.yml", "report.py", "fill.py"];
/** A bound for what hangs: it takes a minute or two. */
const TIMEOUT_MS = 900_000;

/** What was tried in the machine. */
export interface Tried {
  readonly status: number;
  readonly output: string;
}

export type Report = ReadonlyMap<string, Tried>;

/**
 * A virtual machine becomes a compute node, tries what main.sh says, and is gone.
 * @param shared slurm.conf and gres.conf of the shared file system
 * @throws Error with the end of the console when it did not come to its end
 */
export async function runVirtualMachine(
  release: ReleaseName,
  shared: Readonly<Record<string, string>>,
): Promise<Report> {
  const image = await ensureOwnImage(release, "virtual");
  const directory = await mkdtemp(join(tmpdir(), "citc-virtual-machine-"));
  try {
    await give(join(directory, "given"), shared);
    const argv = ["bash", join(HERE, "run.sh"), image, directory];
    const { status, output } = await runApart(argv, { timeoutMs: TIMEOUT_MS });
    if (status !== 0) throw new Error(`the virtual machine ended with ${status}:\n${output}`);
    return await readReport(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function give(directory: string, shared: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(directory, "shared"), { recursive: true });
  await cp(ROLES, join(directory, "roles"), { recursive: true });
  for (const file of GIVEN) await cp(join(HERE, file), join(directory, file));
  for (const [name, text] of Object.entries(shared))
    await writeFile(join(directory, "shared", name), text);
}

async function readReport(directory: string): Promise<Report> {
  const text = await readFile(join(directory, "report"), "utf8");
  if (text === "") {
    const said = await readFile(join(directory, "console"), "utf8");
    throw new Error(`the virtual machine reported nothing:\n${said.slice(-4000)}`);
  }
  const files = Object.entries(JSON.parse(text) as Record<string, string>);
  return new Map(files.map(([name, content]) => [name, asTried(content)] as const));
}

/** The last line is the status, where something was tried. */
function asTried(content: string): Tried {
  const [, output = "", status = "NaN"] = /^([\s\S]*?)(\d+)\n$/.exec(content) ?? [];
  return { status: Number(status), output: Number.isNaN(Number(status)) ? content : output.trim() };
}
