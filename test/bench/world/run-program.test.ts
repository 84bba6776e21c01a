import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { processesMarked } from "./marked-processes.ts";
import { Runner } from "./run-program.ts";

let scratch = "";

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "citc-runner-"));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** A program that returns at once and goes on in a session of its own, as startnode does when Slurm calls it. */
function detached(script: string): { command: string; args: readonly string[] } {
  const inner = ["/bin/sh", "-c", `{ ${script}; } > /dev/null 2>&1`];
  return { command: "/usr/bin/setsid", args: ["--fork", ...inner] };
}

it("waits for what goes on in another session", async () => {
  const runner = new Runner("", scratch);
  const common = { isMeasured: false, capMs: 20_000 };
  const mark = join(scratch, "done");
  const { isCut } = await runner.run({ ...common, ...detached(`sleep 0.2; echo x > ${mark}`) });
  expect(isCut).toBe(false);
  const seen = await runner.run({ ...common, command: "/bin/cat", args: [mark] });
  expect(seen).toMatchObject({ exitCode: 0, stdout: "x\n" });
});

it("ends it at the cap", async () => {
  const runner = new Runner("", scratch);
  const env = { WHOSE: `the-cap-of-${process.pid}` };
  const run = runner.run({ ...detached("sleep 60"), env, isMeasured: false, capMs: 300 });
  expect(await run).toMatchObject({ isCut: true });
  expect(processesMarked(`WHOSE=${env.WHOSE}`)).toEqual([]);
});
