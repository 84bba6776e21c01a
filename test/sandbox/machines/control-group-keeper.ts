import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { keepTail } from "./keep-tail.ts";

const PROGRAM = join(import.meta.dirname, "keep-control-groups.sh");

/** A name for the control group of one sandbox of this process. keep-control-groups.sh finds the owner in it. */
export function newControlGroupName(): string {
  return `citc-sandbox-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/**
 * The control group of a sandbox's machines, and the process that removes it when the sandbox has stopped or this process has ended, in
 * whatever way.
 */
export class ControlGroupKeeper {
  private readonly child: ChildProcess;
  private readonly output: () => string;
  private readonly closed: Promise<number | null>;

  private constructor(child: ChildProcess, output: () => string) {
    this.child = child;
    this.output = output;
    this.closed = once(child, "close").then(([exitCode]) => exitCode as number | null);
  }

  /** Resolves when the group is there. The keeper mounts the hierarchy at the directory, where nobody else sees it. */
  static async start(name: string, mountPoint: string): Promise<ControlGroupKeeper> {
    await mkdir(mountPoint, { recursive: true });
    const child = spawn("unshare", ["--mount", "bash", PROGRAM, name, mountPoint], {
      stdio: "pipe",
      // Its own session: it outlives us, and Ctrl-C.
      detached: true,
    });
    const keeper = new ControlGroupKeeper(child, keepTail([child.stderr]));
    // The only line that it says.
    const ready = once(child.stdout, "data").then(() => undefined);
    const ended = keeper.closed.then(() => {
      throw new Error(`the machines' control group cannot be made: ${keeper.output()}`);
    });
    await Promise.race([ready, ended]);
    // From here on its end is stop()'s to look at.
    ended.catch(() => undefined);
    return keeper;
  }

  /** To be called when no machine is left. Resolves when the group is gone. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    const exitCode = await this.closed;
    if (exitCode !== 0) throw new Error(`a control group is left: ${this.output()}`);
  }
}
