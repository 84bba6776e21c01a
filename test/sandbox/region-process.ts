import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ControlGroupKeeper } from "./machines/control-group-keeper.ts";
import { inOwnNamespaces } from "./machines/own-namespaces.ts";
import { SYSTEM_PATH } from "./requirements.ts";
import {
  CONTROL_GROUPS,
  PLAN_FILE,
  REGION_LOG,
  type BootingPlan,
  type RegionMessage,
  type RegionPlan,
} from "./region-plan.ts";
import { sourceProgram } from "./source-program.ts";

const REGION_PROGRAM = join(import.meta.dirname, "region-main.ts");
const STOP_MS_MAX = 5000;
const LOG_TAIL_LENGTH = 2000;

export interface RegionPlace {
  readonly workDirectory: string;
  /** For what the TypeScript runner keeps. */
  readonly temporaryDirectory: string;
}

/** The processes of a region, seen from outside: one child, in whose namespaces all others are, and with machines that boot a keeper of control groups. */
export class RegionProcess {
  private readonly child: ChildProcess;
  private readonly keeper: ControlGroupKeeper | undefined;
  private readonly exited: Promise<unknown>;

  private constructor(child: ChildProcess, keeper: ControlGroupKeeper | undefined) {
    this.child = child;
    this.keeper = keeper;
    this.exited = once(child, "exit");
  }

  /** Resolves when the region is ready; rejects, with nothing left behind, when it cannot be. */
  static async start(plan: RegionPlan, place: RegionPlace): Promise<RegionProcess> {
    await mkdir(place.temporaryDirectory, { recursive: true });
    await writeFile(join(place.workDirectory, PLAN_FILE), JSON.stringify(plan, undefined, 2));
    const keeper = plan.booting && (await startKeeper(plan.booting, place));
    let region: RegionProcess;
    try {
      region = new RegionProcess(await startChild(plan, place), keeper);
    } catch (error) {
      await keeper?.stop();
      throw error;
    }
    await region.becomeReady(place);
    return region;
  }

  /** nsenter's arguments that lead into the region: its processes are our child's children. */
  enterArguments(): readonly string[] {
    const processId = String(this.child.pid);
    const processes = `--pid=/proc/${processId}/ns/pid_for_children`;
    return ["--target", processId, "--mount", "--net", processes, "--"];
  }

  /** Resolves when every process is gone, and with them the namespaces and what was mounted. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS_MAX);
    await this.exited;
    clearTimeout(timer);
    await this.keeper?.stop();
  }

  private async becomeReady(place: RegionPlace): Promise<void> {
    const message = await firstMessage(this.child.stdout as Readable);
    if (message?.kind === "ready") return;
    await this.stop();
    const log = await readFile(join(place.workDirectory, REGION_LOG), "utf8");
    const reason = message?.message ?? log.slice(-LOG_TAIL_LENGTH);
    throw new Error(`the sandbox did not start: ${reason.trim()} (below ${place.workDirectory})`);
  }
}

async function startChild(plan: RegionPlan, place: RegionPlace): Promise<ChildProcess> {
  const log = await open(join(place.workDirectory, REGION_LOG), "a");
  try {
    const [command, ...argv] = commandLine(plan);
    const child = spawn(command, argv, {
      cwd: place.workDirectory,
      env: { PATH: SYSTEM_PATH, TMPDIR: place.temporaryDirectory },
      stdio: ["pipe", "pipe", log.fd],
      // Its own session: Ctrl-C is for us to act on.
      detached: true,
    });
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

function startKeeper(
  { controlGroup }: BootingPlan,
  { workDirectory }: RegionPlace,
): Promise<ControlGroupKeeper> {
  return ControlGroupKeeper.start(controlGroup, join(workDirectory, CONTROL_GROUPS));
}

/** tini reaps what machines leave behind; it is the machines' own, so that the host needs none. */
function commandLine({ imageDirectory }: RegionPlan): [string, ...string[]] {
  const init = join(imageDirectory, "usr/bin/tini-static");
  return inOwnNamespaces([init, "--", ...sourceProgram(REGION_PROGRAM)], { network: true });
}

/** Undefined when the region ended without a word. */
async function firstMessage(stdout: Readable): Promise<RegionMessage | undefined> {
  for await (const line of createInterface({ input: stdout })) {
    return JSON.parse(line) as RegionMessage;
  }
  return undefined;
}
