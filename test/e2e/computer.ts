import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { waitUntil } from "../sandbox/wait-until.ts";

const run = promisify(execFile);
const MOUNT_SCRIPT = join(import.meta.dirname, "../sandbox/machines/mount-control-groups.sh");

/** What a sandbox could leave on the computer: network devices, mounts, settings of the network. */
export async function observeComputer(): Promise<object> {
  const { stdout: links } = await run("ip", ["-oneline", "link", "show"]);
  return {
    links: links.split("\n").map((line) => line.split(":")[1]),
    mounts: await readFile("/proc/self/mounts", "utf8"),
    isForwarding: await readFile("/proc/sys/net/ipv4/ip_forward", "utf8"),
  };
}

/** Control groups that sandboxes of processes have on the computer, whatever its layout: each sandbox's and each machine's. */
export async function controlGroupsOf(
  ...processIds: readonly number[]
): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), "control-groups-"));
  try {
    const list = 'bash "$1" "$2" && cd "$2" && find * -maxdepth 1 -type d';
    const argv = ["--mount", "sh", "-c", list, "sh", MOUNT_SCRIPT, directory];
    const { stdout } = await run("unshare", argv);
    const owners = new Set(processIds);
    return stdout
      .split("\n")
      .filter((name) => owners.has(Number(/^citc-sandbox-(\d+)-/.exec(name)?.[1])));
  } finally {
    await rmdir(directory);
  }
}

/** The process ids below a process, itself included. */
export async function descendantsOf(ancestor: number): Promise<readonly number[]> {
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

export async function awaitEnd(processIds: readonly number[]): Promise<void> {
  await waitUntil(systemClock, "every process is gone", 10, async () => {
    const running = await Promise.all(processIds.map(isRunning));
    return running.includes(true) ? undefined : true;
  });
}
