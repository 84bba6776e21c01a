import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import {
  ControlGroupKeeper,
  newControlGroupName,
} from "../sandbox/machines/control-group-keeper.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { waitUntil } from "../sandbox/wait-until.ts";
import { BOOTING_TIMEOUT_MS } from "./boot.ts";
import { awaitEnd, controlGroupsOf, descendantsOf, observeComputer } from "./computer.ts";
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

describe("control groups of machines that boot", { timeout: BOOTING_TIMEOUT_MS }, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "holder-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Kills what holds a sandbox, and those of the processes below it whose command line has the word; when its machine has groups of its own. */
  async function killHolder(word?: string): Promise<number> {
    const holder = await startHolder(directory, { booting: {} });
    const id = holder.pid ?? 0;
    const processIds = await descendantsOf(id);
    await waitUntil(systemClock, "systemd is there", 60, async () => {
      const found = await commandLinesBelow(id);
      return (
        found.some(([, line]) => line.startsWith("/lib/systemd/systemd-journald")) || undefined
      );
    });
    expect(await controlGroupsOf(id)).toHaveLength(2);
    const others = (await commandLinesBelow(id)).filter(([, line]) => word && line.includes(word));
    expect(others).toHaveLength(word === undefined ? 0 : 1);
    for (const one of [...others.map(([other]) => other), id]) process.kill(one, "SIGKILL");
    await awaitEnd(processIds);
    return id;
  }

  test("go with the process that started the sandbox, also by SIGKILL", async () => {
    expect(await controlGroupsOf(await killHolder())).toEqual([]);
  });

  test("go at the next start when what keeps them was killed as well", async () => {
    const id = await killHolder("keep-control-groups.sh");
    expect(await controlGroupsOf(id)).toHaveLength(2);
    const keeper = await ControlGroupKeeper.start(newControlGroupName(), join(directory, "groups"));
    expect(await controlGroupsOf(id)).toEqual([]);
    await keeper.stop();
  });
});

/** Of the processes below one, itself included: their ids and command lines. */
async function commandLinesBelow(
  ancestor: number,
): Promise<readonly (readonly [number, string])[]> {
  const ids = await descendantsOf(ancestor);
  return Promise.all(
    ids.map(async (id) => {
      const line = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
      return [id, line.replaceAll("\0", " ")] as const;
    }),
  );
}

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
