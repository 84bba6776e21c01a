import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { CommandError } from "../../../nodectl/cli/run.ts";
import type { Sandbox } from "../sandbox.ts";
import { observe, type Observer } from "./observe.ts";
import {
  printCalls,
  printEvents,
  printHeading,
  printLine,
  printSummary,
  type Terminal,
} from "./print.ts";
import { PHASES, Timeline } from "./timeline.ts";

const MANAGEMENT = "mgmt";
const LOOK_INTERVAL_MS = 200;
/** The slowest step is Slurm's own: it looks at a configuring batch job every 30 s. */
const WATCH_TIMEOUT_MS = 150_000;
const FINISH_TIMEOUT_SECONDS = 120;

export interface DemoOptions {
  readonly nodeCount: number;
  readonly suspendTimeSeconds: number;
}

const LIMITS_SHAPE = "VM.Standard.E4.Flex.2.16";

/** The admin's part: limits.yaml, then finish. Its timers are short so that the whole life fits into a minute. */
export async function configure(
  sandbox: Sandbox,
  terminal: Terminal,
  { nodeCount, suspendTimeSeconds }: DemoOptions,
): Promise<void> {
  const limits = stringify({
    [LIMITS_SHAPE]: { 1: nodeCount + 1 },
    cluster: {
      suspend_time: suspendTimeSeconds,
      suspend_timeout: 10,
      resume_timeout: 90,
      cred_expire: 10,
    },
  });
  printHeading(terminal, "limits.yaml, and what `finish` makes of it");
  printLine(terminal, limits);
  await sandbox.exec(MANAGEMENT, ["tee", "limits.yaml"], { user: "opc", stdin: limits });
  const result = await sandbox.exec(MANAGEMENT, ["./finish"], {
    user: "opc",
    timeoutSeconds: FINISH_TIMEOUT_SECONDS,
  });
  if (result.exitCode !== 0) throw new CommandError(`finish failed:\n${result.stderr.trim()}`);
  printLine(terminal, result.stdout.trim());
}

/** The researcher's part: one job, watched until its nodes are gone again. */
export async function watchJob(
  sandbox: Sandbox,
  terminal: Terminal,
  { nodeCount }: DemoOptions,
): Promise<void> {
  const argv = ["sbatch", "--parsable", `--nodes=${nodeCount}`, "--wrap", "srun hostname"];
  const isNodeListOfSinfo = (
    await sandbox.exec(MANAGEMENT, ["scontrol", "--version"])
  ).stdout.includes(" 22.05");
  const configuredCalls = (await sandbox.calls()).at(-1)?.sequence ?? 0;
  const submittedMs = Date.now();
  const submitted = await sandbox.exec(MANAGEMENT, argv, { user: "alice" });
  if (submitted.exitCode !== 0) throw new CommandError(`sbatch failed: ${submitted.stderr.trim()}`);
  const jobId = submitted.stdout.trim();
  printHeading(
    terminal,
    `sbatch -N${nodeCount} --wrap 'srun hostname'   (job ${jobId}, seconds since submission)`,
  );
  const timeline = await watch({ sandbox, jobId, isNodeListOfSinfo }, terminal, submittedMs);
  printHeading(terminal, `the job's output (slurm-${jobId}.out)`);
  const output = await sandbox.exec(MANAGEMENT, ["sh", "-c", `cat ~/slurm-${jobId}.out`], {
    user: "alice",
  });
  printLine(terminal, output.stdout.trim());
  checkOutput(output.stdout, nodeCount);
  printHeading(terminal, "calls to OCI for this job");
  printCalls(terminal, await sandbox.calls(configuredCalls));
  printHeading(terminal, "times");
  printSummary(terminal, timeline.events, submittedMs);
}

async function watch(
  observer: Observer,
  terminal: Terminal,
  submittedMs: number,
): Promise<Timeline> {
  const timeline = new Timeline();
  while (!timeline.isComplete) {
    const observation = await observe(observer);
    printEvents(terminal, timeline.observe(observation), submittedMs);
    if (observation.timeMs - submittedMs > WATCH_TIMEOUT_MS)
      throw new CommandError(describeStall(timeline));
    await delay(LOOK_INTERVAL_MS);
  }
  return timeline;
}

function describeStall({ events }: Timeline): string {
  const last = events.at(-1);
  const where =
    last === undefined
      ? "no node was woken"
      : `the last event was "${last.phase}" of ${last.nodeName}`;
  return `the job's nodes did not come to their end within ${WATCH_TIMEOUT_MS / 1000} s: ${where} (of ${PHASES.length} phases)`;
}

function checkOutput(output: string, nodeCount: number): void {
  const names = new Set(output.split("\n").filter((line) => line.startsWith("vm-")));
  if (names.size !== nodeCount) {
    throw new CommandError(
      `the job was to run on ${nodeCount} nodes; its output names ${names.size}`,
    );
  }
}
