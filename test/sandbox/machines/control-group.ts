import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { keepTail } from "./keep-tail.ts";

/** The last process has ended when its control group may still be called busy. */
const BUSY_MS_MAX = 5000;
const POLL_MS = 20;

/** The hierarchy of control groups, for this process's mount namespace. @throws Error with what mount said */
export async function mountControlGroups(mountPoint: string): Promise<void> {
  const script = join(import.meta.dirname, "mount-control-groups.sh");
  const child = spawn("bash", [script, mountPoint], { stdio: ["ignore", "pipe", "pipe"] });
  const output = keepTail([child.stdout, child.stderr]);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`no control groups (version 2) on this kernel: ${output()}`);
}

export async function makeControlGroup(directory: string): Promise<void> {
  await mkdir(directory);
}

/** With all below it, which systemd has made. @throws the system's error, when a process is left in one */
export async function removeControlGroup(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeControlGroup(join(directory, entry.name));
  }
  const deadlineMs = performance.now() + BUSY_MS_MAX;
  for (;;) {
    try {
      await rmdir(directory);
      return;
    } catch (error) {
      const isBusy = error instanceof Error && "code" in error && error.code === "EBUSY";
      if (!isBusy || performance.now() > deadlineMs) throw error;
      await setTimeout(POLL_MS);
    }
  }
}
