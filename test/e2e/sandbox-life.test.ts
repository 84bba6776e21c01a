import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Sandbox } from "../sandbox/sandbox.ts";
import { awaitEnd, descendantsOf, observeComputer } from "./computer.ts";
import { startHolder } from "./holder.ts";

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

test.each(["SIGKILL", "SIGINT"] as const)(
  "a sandbox ends with the process that started it, also by %s",
  async (signal) => {
    const directory = await mkdtemp(join(tmpdir(), "holder-"));
    try {
      const holder = await startHolder(directory);
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
