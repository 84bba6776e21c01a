import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { sourceProgram } from "../sandbox/source-program.ts";

const DEMO = join(import.meta.dirname, "../sandbox/demo.ts");
const LINES_MAX = 200;

/** The demo, ended by a signal as soon as it has said the text. */
async function interruptAt(text: string, signal: NodeJS.Signals) {
  const [command, ...argv] = sourceProgram(DEMO);
  const child = spawn(command, argv, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number | null]>;
  const lines: string[] = [];
  let regions: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length > LINES_MAX) throw new Error(`the demo never said ${text}`);
      if (!line.includes(text) || regions.length > 0) continue;
      regions = await regionsOf(child.pid ?? 0);
      child.kill(signal);
    }
  } finally {
    // Its region goes with it, whatever it was doing.
    if (regions.length === 0) child.kill("SIGKILL");
  }
  const [exitCode] = await exit;
  return { exitCode, lines, regions };
}

/**
 * The processes that hold all others of a region. (The bundler's child is not waited for: it ends when we do.) In
 * `/proc/<number>/stat` stand the number, the name in brackets, the state, the parent.
 */
async function regionsOf(processId: number): Promise<string[]> {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    // A process may end while we look.
    numbers.map((number) => readFile(`/proc/${number}/stat`, "utf8").catch(() => "")),
  );
  const start = new RegExp(`^(\\d+) \\(unshare\\) \\S ${processId} `);
  return stats.flatMap((stat) => start.exec(stat)?.[1] ?? []);
}

describe("the demo, interrupted", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "says at %s what it does, leaves nothing and exits with %i",
    async (signal, expected) => {
      const { exitCode, lines, regions } = await interruptAt("launching", signal);
      expect(exitCode).toBe(expected);
      expect(lines.slice(-2)).toEqual([
        `stopping: ${signal} came; what was started is taken down`,
        expect.stringMatching(/^Stopped\. Nothing is left/),
      ]);
      expect(regions).toHaveLength(1);
      const living = new Set(await readdir("/proc"));
      expect(regions.filter((number) => living.has(number))).toEqual([]);
    },
  );
});
