import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { powerProgramText } from "../../../nodectl/build/archive.ts";

const SCRIPT = join(import.meta.dirname, "../../../nodectl/bin/power-program.sh");
const WAIT_MS_MAX = 20_000;
const POLL_MS = 20;
/** As Slurm calls its programs. */
const SLURM = { SLURM_CONF: "/etc/slurm/slurm.conf" };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "citc-power-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function path(name: string): string {
  return join(directory, name);
}

/** The launcher of a program that is this line of shell. */
async function createLauncher(
  line: string,
  { runtime = "/bin/sh", options = "-u" } = {},
): Promise<string> {
  const text = powerProgramText(await readFile(SCRIPT, "utf8"), {
    program: "stopnode",
    runtime,
    options,
    library: path("program.sh"),
    log: path("elastic.log"),
  });
  await writeFile(path("program.sh"), `cd ${directory}\n${line}\n`);
  await writeFile(path("stopnode"), text);
  await chmod(path("stopnode"), 0o755);
  return path("stopnode");
}

async function call(launcher: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(launcher, ["n-[1-2]"], { env, stdio: "ignore" });
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode;
}

/** What the file holds when a whole line is in it. */
async function textIn(name: string): Promise<string> {
  for (const endMs = Date.now() + WAIT_MS_MAX; Date.now() < endMs;) {
    await delay(POLL_MS);
    const text = existsSync(path(name)) ? await readFile(path(name), "utf8") : "";
    if (text.endsWith("\n")) return text;
  }
  throw new Error(`nothing in ${name}`);
}

describe("the launcher of startnode and stopnode", () => {
  it("gives Slurm its program back at once, which goes on in a session of its own", async () => {
    const launcher = await createLauncher(`
      read go < ${path("gate")}
      ps -o sid= -p $$ > sid
      echo "$@" > words`);
    await promisify(execFile)("mkfifo", [path("gate")]);
    expect(await call(launcher, SLURM)).toBe(0);
    // It had not ended: its gate is still closed.
    await writeFile(path("gate"), "go\n");
    expect(await textIn("words")).toBe("n-[1-2]\n");
    const { stdout: ours } = await promisify(execFile)("ps", [
      "-o",
      "sid=",
      "-p",
      `${process.pid}`,
    ]);
    expect((await textIn("sid")).trim()).not.toBe(ours.trim());
  });

  it("keeps the resume file open for it: slurmctld takes it away when its program has ended", async () => {
    await writeFile(path("resume.json"), "jobs\n");
    const launcher = await createLauncher(`
      read go < ${path("gate")}
      cat "$SLURM_RESUME_FILE" > jobs`);
    await promisify(execFile)("mkfifo", [path("gate")]);
    await call(launcher, { ...SLURM, SLURM_RESUME_FILE: path("resume.json") });
    await rm(path("resume.json"));
    await writeFile(path("gate"), "go\n");
    expect(await textIn("jobs")).toBe("jobs\n");
  });

  it.each([
    ["a signal", "echo 'out of \"memory\"' >&2; kill -9 $$", /out of {2}memory .*status 137/],
    ["an error that nobody caught", "echo 'Error: a bug' >&2; exit 70", /Error: a bug .*status 70/],
    ["words that are wrong", "exit 2", /exit status 2/],
  ])("writes a line into the log when it ends by %s", async (_what, line, reason) => {
    await call(await createLauncher(line), SLURM);
    expect(JSON.parse(await textIn("elastic.log"))).toMatchObject({
      level: "error",
      program: "stopnode",
      event: "the run failed",
      reason: expect.stringMatching(reason) as string,
    });
  });

  it("writes a line into the log when the runtime is not there", async () => {
    const runtime = path("node");
    expect(await call(await createLauncher("", { runtime }), SLURM)).toBe(1);
    expect(await textIn("elastic.log")).toContain(`${runtime} is not there`);
  });

  it("writes a line into the log when the library is not there", async () => {
    const launcher = await createLauncher("");
    await rm(path("program.sh"));
    expect(await call(launcher, SLURM)).toBe(1);
    expect(await textIn("elastic.log")).toContain(`${path("program.sh")} is not there`);
  });

  it("writes a line into the log when Node cannot load the library, and ends with 1", async () => {
    const node = { runtime: process.execPath, options: "--no-deprecation" };
    await call(await createLauncher("this is no JavaScript", node), SLURM);
    expect(await textIn("elastic.log")).toMatch(/SyntaxError.*exit status 1/);
  });

  it("writes what it said when it ended with 1 and could not write its own log", async () => {
    const said = "stopnode: warn: cannot write the log /elsewhere: EACCES";
    await call(await createLauncher(`echo "${said}" >&2; exit 1`), SLURM);
    expect(await textIn("elastic.log")).toMatch(/cannot write the log .elsewhere.*exit status 1/);
  });

  it.each([0, 1])("leaves it to the program to say how it ended with %i", async (status) => {
    const launcher = await createLauncher(`echo said >&2; echo done > done; exit ${status}`);
    await call(launcher, SLURM);
    await textIn("done");
    await awaitEnd(launcher);
    await expect(readFile(path("elastic.log"))).rejects.toThrow(/ENOENT/);
  });

  it("waits for it, and hands its output and status on, when a person calls", async () => {
    const launcher = await createLauncher(`echo "said $1"; exit 5`);
    const env = { ...SLURM, HOME: "/root" };
    await expect(promisify(execFile)(launcher, ["n-1"], { env })).rejects.toMatchObject({
      code: 5,
      stdout: "said n-1\n",
    });
  });
});

/** Until no process carries the launcher's name. */
async function awaitEnd(launcher: string): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS_MAX; Date.now() < endMs;) {
    await delay(POLL_MS);
    const { stdout } = await promisify(execFile)("ps", ["-eo", "args="]);
    if (!stdout.includes(launcher)) return;
  }
  throw new Error(`${launcher} has not ended`);
}
