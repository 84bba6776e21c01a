import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The lock was not to be had. */
export class FileLockError extends Error {
  override readonly name = "FileLockError";
  /** Somebody else holds it and did not let go in time; false: it cannot be had at all, and the message says why. */
  readonly isHeld: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isHeld?: boolean } = {}) {
    super(message, options);
    this.isHeld = options.isHeld === true;
  }
}

export interface FileLockOptions {
  /**
   * Its directory is made when it is not there. The file stays behind: removing it would be a race. It holds the number
   * of the process that had the lock last.
   */
  readonly file: string;
  readonly waitSecondsMax: number;
  /** What the holder does, for the message: "another finish is running". */
  readonly holder: string;
  /** Called once when the lock is not free, with the process that seems to hold it. */
  onWait?(processId: number | undefined): void;
}

/** flock(1) of util-linux, which Debian and Enterprise Linux cannot be without. */
const FLOCK = "/usr/bin/flock";
const TIMED_OUT = 75;
/** Says that the lock is held and by whom, and holds it until its standard input ends. */
const HOLD = 'echo "$2" > "$1"; echo held; exec cat';

type Holder = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs the work while nobody else does. The kernel holds the lock (flock(2)) through a small process whose
 * standard input is our pipe: when we end in whatever way, kill -9 included, the pipe closes, that process ends,
 * and the lock is free. No stale lock can stay behind.
 * @throws FileLockError when the lock is not free within the time
 */
export async function withFileLock<Answer>(
  options: FileLockOptions,
  work: () => Promise<Answer>,
): Promise<Answer> {
  await mkdir(dirname(options.file), { recursive: true, mode: 0o755 });
  const holder = (await acquire(options, 0)) ?? (await waitFor(options));
  try {
    return await work();
  } finally {
    await release(holder);
  }
}

async function waitFor(options: FileLockOptions): Promise<Holder> {
  const { file, waitSecondsMax } = options;
  const processId = Number.parseInt(await readFile(file, "utf8"), 10);
  options.onWait?.(Number.isNaN(processId) ? undefined : processId);
  const holder = await acquire(options, waitSecondsMax);
  if (holder !== undefined) return holder;
  const message = `${options.holder} (lock ${file}, waited ${waitSecondsMax} s); try again when it has ended`;
  throw new FileLockError(message, { isHeld: true });
}

/** Undefined when the lock is not free within the time. */
async function acquire(
  { file }: FileLockOptions,
  waitSecondsMax: number,
): Promise<Holder | undefined> {
  const words = ["-w", String(waitSecondsMax), "-E", String(TIMED_OUT), file];
  const hold = ["/bin/sh", "-c", HOLD, "sh", file, String(process.pid)];
  const holder: Holder = spawn(FLOCK, [...words, ...hold], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin" },
  });
  // When the holder is gone, so is the lock; the work's own errors say more than a broken pipe.
  holder.stdin.on("error", () => undefined);
  return new Promise((resolve, reject) => {
    let complaint = "";
    holder.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 500);
    });
    holder.stdout.once("data", () => {
      resolve(holder);
    });
    holder.once("error", (cause) => {
      reject(new FileLockError(`${FLOCK}: ${cause.message}`, { cause }));
    });
    holder.once("close", (code) => {
      if (code === TIMED_OUT) resolve(undefined);
      const reason = complaint.trim() || `exit code ${code ?? "unknown"}`;
      reject(new FileLockError(`${FLOCK} ${file}: ${reason}`));
    });
  });
}

async function release(holder: Holder): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) {
    return;
  }
  const ended = new Promise<void>((resolve) => {
    holder.once("close", () => {
      resolve();
    });
  });
  holder.stdin.end();
  await ended;
}
