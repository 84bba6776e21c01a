import { spawn, type ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "./usage.ts";

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment but what measures it: Slurm gives its programs next to none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a hook in it writes down what it used at its end. False where its start is timed. */
  readonly isMeasured: boolean;
  /** Ended after so long. */
  readonly capMs: number;
}

export interface ProgramRun {
  /** Milliseconds since the epoch, taken before the process was made. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** null: killed by a signal. */
  readonly exitCode: number | null;
  /** The cap came first. */
  readonly isCut: boolean;
  readonly usage: Usage | undefined;
  readonly stdout: string;
  /** Its last words. */
  readonly stderr: string;
}

const TAIL_LENGTH = 4_000;
/** From SIGTERM to SIGKILL: time to write down what was used. */
const GRACE_MS = 2_000;

/** Starts the programs that are measured, and keeps hold of every child: none outlives the bench. */
export class Runner {
  readonly #alive = new Set<ChildProcess>();
  readonly #scratch: string;
  readonly #usageProgram: string;
  #runCount = 0;

  /** The bundle of exit-usage.ts, and a directory for what it writes. */
  constructor(usageProgram: string, scratch: string) {
    this.#usageProgram = usageProgram;
    this.#scratch = scratch;
  }

  /** Runs a program to its end, or to the cap. Rejects when it cannot be started. */
  async run(options: ProgramOptions): Promise<ProgramRun> {
    this.#runCount += 1;
    const usageFile = join(this.#scratch, `usage-${this.#runCount}.json`);
    const measuring = {
      NODE_OPTIONS: `--require=${this.#usageProgram}`,
      BENCH_USAGE_FILE: usageFile,
    };
    const startedMs = Date.now();
    const begun = performance.now();
    const child = this.hold(
      spawn(options.command, options.args, {
        cwd: "/",
        env: { ...options.env, ...(options.isMeasured && measuring) },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    const outcome = await untilClosed(child, options.capMs);
    const durationMs = performance.now() - begun;
    return { startedMs, durationMs, ...outcome, usage: await takeUsage(usageFile) };
  }

  hold<Child extends ChildProcess>(child: Child): Child {
    this.#alive.add(child);
    child.once("exit", () => this.#alive.delete(child));
    return child;
  }

  killAll(): void {
    for (const child of this.#alive) child.kill("SIGKILL");
  }
}

async function untilClosed(
  child: ChildProcess,
  capMs: number,
): Promise<Pick<ProgramRun, "exitCode" | "isCut" | "stdout" | "stderr">> {
  let stdout = "";
  let stderr = "";
  let isCut = false;
  const tail = (text: string, chunk: Buffer): string =>
    (text + chunk.toString()).slice(-TAIL_LENGTH);
  child.stdout?.on("data", (chunk: Buffer) => (stdout = tail(stdout, chunk)));
  child.stderr?.on("data", (chunk: Buffer) => (stderr = tail(stderr, chunk)));
  const timers = [
    setTimeout(() => {
      isCut = true;
      child.kill("SIGTERM");
    }, capMs),
    setTimeout(() => child.kill("SIGKILL"), capMs + GRACE_MS),
  ];
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => {
        resolve({ exitCode, isCut, stdout, stderr });
      });
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

async function takeUsage(file: string): Promise<Usage | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Usage;
  } catch (error) {
    // Killed, or not measured.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}
