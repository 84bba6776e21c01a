import { describe, expect, it } from "vitest";
import { citc } from "../../../nodectl/cli/citc/citc.ts";
import { finish } from "../../../nodectl/cli/finish.ts";
import type { Program } from "../../../nodectl/cli/run.ts";
import { startnode } from "../../../nodectl/cli/startnode.ts";
import { stopnode } from "../../../nodectl/cli/stopnode.ts";
import { sweepProgram } from "../../../nodectl/cli/sweep.ts";

const COLUMNS_MAX = 79;

async function helpOf(program: Program): Promise<string> {
  let text = "";
  const stream = { write: (part: string) => void (text += part) } as unknown as NodeJS.WriteStream;
  const input = { argv: ["--help"], stdout: stream, stderr: stream, pid: 1, resumeFile: undefined };
  expect(await program(input)).toBe(0);
  return text;
}

describe("--help", () => {
  it.each<[string, Program]>([
    ["startnode", startnode],
    ["stopnode", stopnode],
    ["finish", finish],
    ["citc", citc],
    ["sweep", sweepProgram],
  ])("of %s fits a terminal of 80 columns, and says what its exit status means", async (_, it) => {
    const text = await helpOf(it);
    expect(text.split("\n").filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
    expect(text).toMatch(/^Usage: [^]*\nExit status: 0 /);
  });
});
