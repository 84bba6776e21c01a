import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runApart } from "../own-image.ts";

const RUN_SCRIPT = join(import.meta.dirname, "run-in-image.sh");

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
    const { status, output } = await runApart(argv);
    const text = await readFile(join(result, "console"), "utf8").catch(() => output);
    await look({ status, output, console: text, at: (path) => join(result, path) });
  } finally {
    await rm(directory, { recursive: true });
  }
}
