import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { awaitEnd, controlGroupsOf, descendantsOf } from "../e2e/computer.ts";
import { BOOTING_PHASES } from "../sandbox/demo/phases.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

interface Demo {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has printed so far. */
  readonly output: () => string;
}

function startDemo(...args: string[]): Demo {
  return watchOutput("npm", ["run", "--silent", "demo", "--", ...args]);
}

function watchOutput(command: string, args: readonly string[]): Demo {
  let output = "";
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const append = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  return { child, output: () => output };
}

/** What a sandbox could leave on this computer, as lines to compare. */
async function traces(): Promise<string> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const links = await readFile("/proc/net/dev", "utf8");
  const names = [...links.matchAll(/^\s*(\S+):/gm)].map((match) => match[1]);
  return [mounts, ...names].join("\n");
}

async function untilPrinted({ child, output }: Demo, text: string): Promise<void> {
  while (!output().includes(text)) {
    if (child.exitCode !== null || child.stdout.readableEnded)
      throw new Error(`the demo ended early:\n${output()}`);
    await Promise.race([once(child.stdout, "data"), once(child.stdout, "end")]);
  }
}

describe("npm run demo", () => {
  it.each(RELEASE_NAMES)(
    "shows the whole life of a job's nodes on %s, and leaves nothing",
    async (release) => {
      const before = await traces();
      const demo = startDemo("--release", release);
      const [exitCode] = (await once(demo.child, "close")) as [number | null];
      const output = demo.output();
      expect(exitCode, output).toBe(0);
      for (const phase of [
        "configured",
        "launching",
        "registered",
        "running the job",
        "idle",
        "gone",
      ]) {
        expect(output).toMatch(new RegExp(`^ +[\\d.]+ s  ${phase} `, "m"));
      }
      expect(output).toMatch(/^ +3 {2}LaunchInstance$/m);
      expect(output).toMatch(/^ +3 {2}TerminateInstance$/m);
      // No escape codes where no terminal reads.
      expect(output).not.toContain("\u001b[");
      expect(await traces()).toBe(before);
    },
  );

  // The layouts that this computer does not have itself, as a mount namespace shows them.
  it.each([
    ["cgroup v2 alone", "mount -t cgroup2 none /sys/fs/cgroup"],
    ["no control groups", "true"],
  ])("runs on a computer with %s", async (_layout, mount) => {
    const script = `umount --recursive /sys/fs/cgroup && ${mount} && exec npm run --silent demo`;
    const demo = watchOutput("unshare", ["--mount", "sh", "-c", script]);
    const [exitCode] = (await once(demo.child, "close")) as [number | null];
    expect(exitCode, demo.output()).toBe(0);
    expect(demo.output()).toContain("Everything is gone again.");
  });

  it("shows the whole life on machines that boot with --full, and leaves nothing", async () => {
    const before = await traces();
    const demo = startDemo("--full");
    await untilPrinted(demo, "ansible-pull runs management.yml");
    const processIds = await descendantsOf(demo.child.pid ?? 0);
    expect(await controlGroupsOf(...processIds)).not.toEqual([]);
    const [exitCode] = (await once(demo.child, "close")) as [number | null];
    const output = demo.output();
    expect(exitCode, output).toBe(0);
    for (const words of ["rank 1 of 2 on ", "COMPLETED", "nothing is left"]) {
      expect(output).toContain(words);
    }
    for (const phase of BOOTING_PHASES) {
      if (phase.isMomentary !== true) expect(output).toContain(` s  ${phase.name} `);
    }
    expect(await controlGroupsOf(...processIds)).toEqual([]);
    expect(await traces()).toBe(before);
  });

  it("ends at Ctrl-C while a playbook runs, and leaves nothing", async () => {
    const before = await traces();
    const demo = startDemo("--full");
    await untilPrinted(demo, "ansible-pull runs management.yml");
    const processIds = await descendantsOf(demo.child.pid ?? 0);
    process.kill(-(demo.child.pid ?? 0), "SIGINT");
    await once(demo.child, "close");
    expect(demo.output()).toContain("Stopped. Nothing is left");
    await awaitEnd(processIds);
    expect(await controlGroupsOf(...processIds)).toEqual([]);
    expect(await traces()).toBe(before);
  });

  it("ends at Ctrl-C, with the nodes booting, and leaves nothing", async () => {
    const before = await traces();
    const demo = startDemo();
    await untilPrinted(demo, "address reported");
    // A terminal sends it to the whole group.
    process.kill(-(demo.child.pid ?? 0), "SIGINT");
    await once(demo.child, "close");
    expect(demo.output()).not.toContain("running the job");
    expect(await traces()).toBe(before);
  });
});
