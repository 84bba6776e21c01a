import { spawn, type ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { signalMarked } from "./marked-processes.ts";
import type { ExitReport, Usage } from "./usage.ts";

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
  /** null: killed by a signal. Of a program that went on by itself: its own if it was measured, else its launcher's. */
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
/** 3 is where startnode's launcher opens SLURM_RESUME_FILE. */
const LIFELINE = 4;

/** Starts the programs that are measured, and keeps hold of every process: none outlives the bench. */
export class Runner {
  readonly #alive = new Set<ChildProcess>();
  readonly #marks = new Set<string>();
  readonly #scratch: string;
  readonly #usageProgram: string;
  #runCount = 0;

  /** The bundle of exit-usage.ts, and a directory for what it writes. */
  constructor(usageProgram: string, scratch: string) {
    this.#usageProgram = usageProgram;
    this.#scratch = scratch;
  }

  /**
   * Runs a program to its end, or to the cap. The end is that of the last process that it started: each has the write
   * end of a pipe, the lifeline, open. Rejects when it cannot be started.
   */
  async run(options: ProgramOptions): Promise<ProgramRun> {
    this.#runCount += 1;
    const usageFile = join(this.#scratch, `usage-${this.#runCount}.json`);
    const measuring = {
      NODE_OPTIONS: `--require=${this.#usageProgram}`,
      BENCH_USAGE_FILE: usageFile,
    };
    const mark = `BENCH_RUN=${process.pid}-${this.#runCount}`;
    this.#marks.add(mark);
    const startedMs = Date.now();
    const begun = performance.now();
    const child = this.hold(
      spawn(options.command, options.args, {
        cwd: "/",
        env: { ...options.env, ...(options.isMeasured && measuring), ...asVariable(mark) },
        stdio: ["ignore", "pipe", "pipe", "ignore", "pipe"],
      }),
    );
    const outcome = await untilClosed(child, mark, options.capMs);
    const durationMs = performance.now() - begun;
    this.#marks.delete(mark);
    const report = await takeReport(usageFile);
    const exitCode = report?.exitCode ?? outcome.exitCode;
    return { startedMs, durationMs, ...outcome, exitCode, usage: report?.usage };
  }

  hold<Child extends ChildProcess>(child: Child): Child {
    this.#alive.add(child);
    child.once("exit", () => this.#alive.delete(child));
    return child;
  }

  killAll(): void {
    for (const child of this.#alive) child.kill("SIGKILL");
    for (const mark of this.#marks) signalMarked(mark, "SIGKILL");
  }
}

function asVariable(mark: string): Record<string, string> {
  const [key = "", value = ""] = mark.split("=");
  return { [key]: value };
}

async function untilClosed(
  child: ChildProcess,
  mark: string,
  capMs: number,
): Promise<Pick<ProgramRun, "exitCode" | "isCut" | "stdout" | "stderr">> {
  let stdout = "";
  let stderr = "";
  let isCut = false;
  const tail = (text: string, chunk: Buffer): string =>
    (text + chunk.toString()).slice(-TAIL_LENGTH);
  child.stdout?.on("data", (chunk: Buffer) => (stdout = tail(stdout, chunk)));
  child.stderr?.on("data", (chunk: Buffer) => (stderr = tail(stderr, chunk)));
  const lifeline = child.stdio[LIFELINE];
  if (lifeline instanceof Readable) lifeline.resume();
  const timers = [
    setTimeout(() => {
      isCut = true;
      signalMarked(mark, "SIGTERM");
    }, capMs),
    setTimeout(() => {
      signalMarked(mark, "SIGKILL");
    }, capMs + GRACE_MS),
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

async function takeReport(file: string): Promise<ExitReport | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as ExitReport;
  } catch (error) {
    // Killed, or not measured.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}
