import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { reportFatal } from "../../../nodectl/cli/report-fatal.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-fatal-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** What it prints. */
function report(logFile: string): string {
  let text = "";
  const stream = { write: (some: string) => (text += some) } as unknown as NodeJS.WriteStream;
  const input = { argv: [], stdout: stream, stderr: stream, pid: 1, resumeFile: undefined };
  reportFatal("startnode", input, { logFile }, new Error("a bug"));
  return text;
}

it("writes into the log what ended a run, and nothing more", () => {
  const file = join(directory, "elastic.log");
  expect(report(file)).toBe("");
  expect(readFileSync(file, "utf8")).toMatch(/the run failed.*a bug/);
});

it("says that it cannot write the log, for bin/power-program.sh to hear", () => {
  expect(report(join(directory, "nowhere/elastic.log"))).toMatch(/cannot write the log .*ENOENT/);
});
