import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { SlurmConfVerdict } from "./control.ts";
import { SlurmCommandError } from "./slurm-command-error.ts";
import { runSubprocess } from "../files/subprocess.ts";

export interface SlurmConfCheckOptions {
  /** Where scontrol is. */
  readonly binDirectory: string;
  /** The main file, which includes the one that finish writes. */
  readonly slurmConf: string;
  /** The file that finish writes, as the main file's include line names it. */
  readonly includedFile: string;
}

const TIMEOUT_MS = 15_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
const LINES_SHOWN_MAX = 3;

/**
 * Lets Slurm's own parser read the main slurm.conf with the candidate in place of the included file, before
 * anything is replaced: `scontrol show hostnames` reads the whole configuration and asks slurmctld nothing (6 ms).
 *
 * Seen on 22.05.8 and 24.11.5: it refuses unknown parameters and values that are not of their type. It does NOT
 * see what only slurmctld resolves: a node or partition named twice, a partition with unknown nodes, brackets
 * that do not close, unknown State, Gres or Feature words, programs that are not there. finish therefore also waits
 * for slurmctld to answer with the new nodes, and goes back when it does not.
 */
export async function checkSlurmConf(
  options: SlurmConfCheckOptions,
  candidate: string,
): Promise<SlurmConfVerdict> {
  const main = await readMain(options.slurmConf);
  if (main === undefined) {
    return { kind: "invalid", message: `there is no ${options.slurmConf}` };
  }
  const directory = await mkdtemp(join(tmpdir(), "nodectl-slurm-conf-"));
  try {
    const candidateFile = join(directory, "candidate.conf");
    const copied = redirectInclude(main, options, candidateFile);
    if (copied === undefined) {
      return { kind: "invalid", message: describeMissingInclude(options) };
    }
    await writeFile(candidateFile, candidate);
    await writeFile(join(directory, "slurm.conf"), copied);
    return await parseWithSlurm(options, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function readMain(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** Other relative includes are made absolute, because the copy lies elsewhere. */
function redirectInclude(
  main: string,
  { slurmConf, includedFile }: SlurmConfCheckOptions,
  candidateFile: string,
): string | undefined {
  const targets = new Set<string>();
  const text = main.replaceAll(
    /^([ \t]*include[ \t]+)(\S+)/gim,
    (_, word: string, file: string) => {
      const absolute = resolve(dirname(slurmConf), file);
      targets.add(absolute);
      return word + (absolute === includedFile ? candidateFile : absolute);
    },
  );
  return targets.has(includedFile) ? text : undefined;
}

function describeMissingInclude({ slurmConf, includedFile }: SlurmConfCheckOptions): string {
  return `${slurmConf} has no line \`include ${includedFile}\`, so that Slurm would not see what finish writes; add it`;
}

async function parseWithSlurm(
  { binDirectory }: SlurmConfCheckOptions,
  directory: string,
): Promise<SlurmConfVerdict> {
  const result = await runSubprocess({
    program: join(binDirectory, "scontrol"),
    arguments: ["show", "hostnames", "a"],
    environment: {
      PATH: "/usr/bin:/bin",
      HOME: "/",
      LC_ALL: "C",
      SLURM_CONF: join(directory, "slurm.conf"),
    },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  if (result.exitCode === 0) {
    return { kind: "valid" };
  }
  if (result.exitCode === undefined) {
    throw new SlurmCommandError(result);
  }
  const lines = result.stderr
    .split("\n")
    .filter((line) => /error|fatal/.test(line))
    .map((line) => line.replace(/^scontrol: (?:error|fatal): /, "").replaceAll(`${directory}/`, ""))
    .slice(0, LINES_SHOWN_MAX);
  const named = /Parse error in file candidate\.conf line (\d+)/.exec(lines.join("\n"))?.[1];
  const message = lines.join("; ");
  return { kind: "invalid", message, ...(named !== undefined && { line: Number(named) }) };
}
