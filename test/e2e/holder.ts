import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { SandboxOptions } from "../sandbox/sandbox-options.ts";
import { sourceProgram } from "../sandbox/source-program.ts";

const SANDBOX = JSON.stringify(join(import.meta.dirname, "../sandbox/sandbox.ts"));

/** Starts a process that holds a sandbox, and resolves when it does. Its files are in the directory. */
export async function startHolder(
  directory: string,
  options: SandboxOptions = {},
): Promise<ChildProcess> {
  const program = join(directory, "holder.mts");
  await writeFile(
    program,
    `import { Sandbox } from ${SANDBOX};
const sandbox = await Sandbox.start(${JSON.stringify(options)});
console.log(sandbox.workDirectory);
setInterval(() => undefined, 1000);
`,
  );
  const [command, ...argv] = sourceProgram(program);
  const holder = spawn(command, argv, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: directory },
  });
  await untilItHolds(holder);
  return holder;
}

async function untilItHolds(holder: ChildProcess): Promise<void> {
  const ended = once(holder, "exit").then(([code]) => {
    throw new Error(`the holder of a sandbox ended with ${String(code)}`);
  });
  await Promise.race([once(createInterface({ input: holder.stdout as Readable }), "line"), ended]);
  // That it ends later is what the test wants.
  ended.catch(() => undefined);
}
