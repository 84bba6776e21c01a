import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { waitUntil } from "../sandbox/wait-until.ts";

/** What a sandbox could leave on the computer: network devices, mounts, settings of the network. */
async function observeComputer(): Promise<object> {
  const { stdout: links } = await promisify(execFile)("ip", ["-oneline", "link", "show"]);
  return {
    links: links.split("\n").map((line) => line.split(":")[1]),
    mounts: await readFile("/proc/self/mounts", "utf8"),
    isForwarding: await readFile("/proc/sys/net/ipv4/ip_forward", "utf8"),
  };
}

/** The process ids below a process, itself included. */
async function descendantsOf(ancestor: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]));
  }
  const found = [ancestor];
  for (const one of found) {
    found.push(...[...parents].filter(([, parent]) => parent === one).map(([id]) => id));
  }
  return found;
}

/** A process that has ended but was not waited for yet runs no more. */
async function isRunning(processId: number): Promise<boolean> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => "");
  return stat !== "" && stat.slice(stat.lastIndexOf(")")).split(" ")[1] !== "Z";
}

async function awaitEnd(processIds: readonly number[]): Promise<void> {
  await waitUntil(systemClock, "every process is gone", 10, async () => {
    const running = await Promise.all(processIds.map(isRunning));
    return running.includes(true) ? undefined : true;
  });
}

test("two sandboxes with the same addresses run side by side and leave nothing", async () => {
  const before = await observeComputer();
  const two = await Promise.all([Sandbox.start(), Sandbox.start({ release: "trixie" })]);
  try {
    const versions = await Promise.all(two.map((one) => one.exec("mgmt", ["sinfo", "--version"])));
    expect(versions.map(({ stdout }) => stdout)).toEqual([
      "slurm-wlm 22.05.8\n",
      "slurm-wlm 24.11.5\n",
    ]);
    const machines = await Promise.all(two.map((one) => one.machines()));
    expect(machines.map(([mgmt]) => mgmt?.address)).toEqual(["10.0.0.2", "10.0.0.2"]);
    expect(await observeComputer()).toEqual(before);
  } finally {
    const processIds = (await descendantsOf(process.pid)).filter((id) => id !== process.pid);
    expect(processIds.length).toBeGreaterThan(10);
    await Promise.all(two.map((one) => one.stop()));
    await awaitEnd(processIds);
  }
  expect(await observeComputer()).toEqual(before);
  expect(two.map(({ workDirectory }) => existsSync(workDirectory))).toEqual([false, false]);
});

test("stop() can be called twice, and calls fail afterwards", async () => {
  const sandbox = await Sandbox.start();
  await Promise.all([sandbox.stop(), sandbox.stop()]);
  await expect(sandbox.machines()).rejects.toThrow();
});

const HOLDER = `
import { Sandbox } from ${JSON.stringify(join(import.meta.dirname, "../sandbox/sandbox.ts"))};
const sandbox = await Sandbox.start();
console.log(sandbox.workDirectory);
setInterval(() => undefined, 1000);
`;

async function startHolder(directory: string): Promise<ChildProcess> {
  const program = join(directory, "holder.mts");
  await writeFile(program, HOLDER);
  return spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: directory },
  });
}

async function untilItHolds(holder: ChildProcess): Promise<void> {
  const ended = once(holder, "exit").then(([code]) => {
    throw new Error(`the holder of a sandbox ended with ${String(code)}`);
  });
  await Promise.race([once(createInterface({ input: holder.stdout as Readable }), "line"), ended]);
}

test.each(["SIGKILL", "SIGINT"] as const)(
  "a sandbox ends with the process that started it, also by %s",
  async (signal) => {
    const directory = await mkdtemp(join(tmpdir(), "holder-"));
    try {
      const holder = await startHolder(directory);
      await untilItHolds(holder);
      const processIds = await descendantsOf(holder.pid ?? 0);
      expect(processIds.length).toBeGreaterThan(5);
      holder.kill(signal);
      await awaitEnd(processIds);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

/** An archive with an init that ends at once, in place of the image's. */
async function makeBrokenArchive(directory: string): Promise<string> {
  await mkdir(join(directory, "usr/bin"), { recursive: true });
  await writeFile(join(directory, "usr/bin/tini"), "#!/bin/sh\necho broken on purpose\n", {
    mode: 0o755,
  });
  const archive = join(directory, "broken.tar.gz");
  await promisify(execFile)("tar", ["--create", "--gzip", "--file", archive, "usr"], {
    cwd: directory,
  });
  return archive;
}

test("a management node that does not start is an error that leads to its console, and leaves nothing", async () => {
  const directory = await mkdtemp(join(tmpdir(), "broken-"));
  try {
    const archive = await makeBrokenArchive(directory);
    const before = new Set(await descendantsOf(process.pid));
    await expect(Sandbox.start({ archive })).rejects.toThrow(/mgmt is off.*mgmt\/console\.log/);
    const added = (await descendantsOf(process.pid)).filter((id) => !before.has(id));
    await awaitEnd(added);
  } finally {
    await rm(directory, { recursive: true });
  }
});
