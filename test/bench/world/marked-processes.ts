import { readdirSync, readFileSync } from "node:fs";

/**
 * The processes that have this word (`KEY=value`) in their environment: a program and all that it started, also what
 * has left its session and its process group. Not those that have just ended.
 */
export function processesMarked(word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(word))
    .map(Number);
}

const GONE_OR_FOREIGN = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch (error) {
    if (GONE_OR_FOREIGN.has((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

/** Sends a signal to all of them. */
export function signalMarked(word: string, signal: NodeJS.Signals): void {
  for (const pid of processesMarked(word)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It ended between the look and the signal.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
