import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { status } from "../../../../nodectl/cli/citc/status.ts";
import { UsageError } from "../../../../nodectl/cli/options.ts";
import type { ProgramInput } from "../../../../nodectl/cli/run.ts";

/** A command line, and a stdout that is no terminal. */
function run(...argv: readonly string[]) {
  const stdout = new PassThrough();
  const input = { argv, stdout, stderr: stdout, pid: 1, resumeFile: undefined };
  return { stdout, ended: status(input as unknown as ProgramInput) };
}

test.each([
  [["--watch", "2"], /--watch "2": write seconds, 5 to 3600/],
  [["--watch=often"], /--watch "often": write seconds/],
  [["--watch", "--json"], /choose one/],
  [["--watch", "30", "--json"], /choose one/],
  [["a[1-"], /NODES: .*never closed/],
  [["--colour"], /Unknown option '--colour'/],
])("%j is refused before anything is looked at", async (argv, message) => {
  const { ended } = run(...argv);
  await expect(ended).rejects.toThrow(UsageError);
  await expect(ended).rejects.toThrow(message);
});

test("settings that are not there are named, whatever is watched", async () => {
  for (const watch of [[], ["--watch"], ["--watch", "30", "a-[1-2]"]]) {
    const { ended } = run(...watch, "--config", "/nowhere/startnode.yaml");
    await expect(ended).rejects.toThrow(/\/nowhere\/startnode\.yaml/);
  }
});

test("--help is answered without any settings", async () => {
  const { stdout, ended } = run("--help");
  expect(await ended).toBe(0);
  expect(String(stdout.read())).toMatch(/^Usage: citc status/);
});
