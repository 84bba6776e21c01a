import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureImage } from "../../sandbox/machines/image-store.ts";
import { keepTail } from "../../sandbox/machines/keep-tail.ts";
import { inOwnNamespaces } from "../../sandbox/machines/own-namespaces.ts";
import type { ReleaseName } from "../../sandbox/machines/releases.ts";
import { checkRequirements, observeComputer } from "../../sandbox/requirements.ts";
import { DEFAULT_DIRECTORY } from "../../sandbox/sandbox-options.ts";

const RUN_SCRIPT = join(import.meta.dirname, "run-in-image.sh");

/** A root file system with cloud-init, git and ansible-core, of the sandbox's own: made once and kept. */
export async function ensureBootImage(release: ReleaseName): Promise<string> {
  checkRequirements(observeComputer());
  return ensureImage(release, "baked", { directory: join(DEFAULT_DIRECTORY, "images") });
}

export interface Boot {
  readonly image: string;
  readonly hostName: string;
  /** Absolute paths and contents. Scripts below a bin directory can be executed. */
  readonly files: Readonly<Record<string, string>>;
  /** Prepares what is more than a file; gets the directory that becomes the root. */
  readonly prepare?: (directory: string) => Promise<void>;
  readonly command: readonly string[];
}

export interface Booted {
  readonly status: number | null;
  readonly output: string;
  readonly console: string;
  /** What was copied out, by absolute path: /root, /etc and /home. */
  readonly at: (path: string) => string;
}

/** Boots, hands the outcome to `look`, and leaves nothing. */
export async function boot(
  { image, hostName, files, prepare, command }: Boot,
  look: (booted: Booted) => Promise<void> | void,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "citc-boot-"));
  try {
    const [root, result] = [join(directory, "files"), join(directory, "result")];
    await mkdir(join(root, "srv"), { recursive: true });
    await mkdir(result);
    for (const [path, content] of Object.entries(files)) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { mode: /\/s?bin\//.test(path) ? 0o755 : 0o600 });
    }
    await prepare?.(root);
    const argv = ["bash", RUN_SCRIPT, image, root, result, hostName, ...command];
    const { status, output } = await run(inOwnNamespaces(argv, { network: true }));
    const text = await readFile(join(result, "console"), "utf8").catch(() => output);
    await look({ status, output, console: text, at: (path) => join(result, path) });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function run(
  argv: [string, ...string[]],
): Promise<{ readonly status: number | null; readonly output: string }> {
  const [command, ...rest] = argv;
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const output = keepTail([child.stdout, child.stderr]);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output: output() };
}
