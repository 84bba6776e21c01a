import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { CommandError } from "../../../nodectl/cli/run.ts";
import type { Sandbox } from "../sandbox.ts";
import { observe, type Observer } from "./observe.ts";
import type { Terminal } from "../terminal.ts";
import { printCalls, printEvents, printNodes, printSummary, printWait } from "./print.ts";
import { PHASES, Timeline, type PhaseName } from "./timeline.ts";

const MANAGEMENT = "mgmt";
const LOOK_INTERVAL_MS = 200;
/** Twice what it takes on a busy computer. */
const WATCH_TIMEOUT_MS = 150_000;
const FINISH_TIMEOUT_SECONDS = 120;

/** After so long without news it is said what is waited for. */
const SILENCE_MS_MAX = 1_500;
const SUSPEND_TIMEOUT_SECONDS = 10;

export interface DemoOptions {
  readonly nodeCount: number;
  readonly bootSeconds: number;
  readonly suspendTimeSeconds: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
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
      suspend_timeout: SUSPEND_TIMEOUT_SECONDS,
      resume_timeout: 90,
      cred_expire: 10,
    },
  });
  terminal.heading("limits.yaml, and what `finish` makes of it");
  terminal.line(limits);
  terminal.progress("finish: asks OCI for the shapes, writes Slurm's files, tells slurmctld");
  await sandbox.exec(MANAGEMENT, ["tee", "limits.yaml"], { user: "opc", stdin: limits });
  const result = await sandbox.exec(MANAGEMENT, ["./finish"], {
    user: "opc",
    timeoutSeconds: FINISH_TIMEOUT_SECONDS,
  });
  if (result.exitCode !== 0) throw new CommandError(`finish failed:\n${result.stderr.trim()}`);
  terminal.line(result.stdout.trim());
}

/** The researcher's part: one job, watched until its nodes are gone again. */
export async function watchJob(
  sandbox: Sandbox,
  terminal: Terminal,
  options: DemoOptions,
): Promise<void> {
  const { nodeCount } = options;
  const argv = ["sbatch", "--parsable", `--nodes=${nodeCount}`, "--wrap", "srun hostname"];
  const isNodeListOfSinfo = (
    await sandbox.exec(MANAGEMENT, ["scontrol", "--version"])
  ).stdout.includes(" 22.05");
  const configuredCalls = (await sandbox.calls()).at(-1)?.sequence ?? 0;
  const submittedMs = Date.now();
  const submitted = await sandbox.exec(MANAGEMENT, argv, { user: "alice" });
  if (submitted.exitCode !== 0) throw new CommandError(`sbatch failed: ${submitted.stderr.trim()}`);
  const jobId = submitted.stdout.trim();
  terminal.heading(
    `sbatch -N${nodeCount} --wrap 'srun hostname'   (job ${jobId}; seconds since submission)`,
  );
  const observer = { sandbox, jobId, isNodeListOfSinfo };
  const timeline = await watch(observer, terminal, { ...options, submittedMs });
  terminal.heading(`the job's output (slurm-${jobId}.out)`);
  const output = await sandbox.exec(MANAGEMENT, ["sh", "-c", `cat ~/slurm-${jobId}.out`], {
    user: "alice",
  });
  terminal.line(output.stdout.trim());
  checkOutput(output.stdout, nodeCount);
  terminal.heading("calls to OCI for this job");
  printCalls(terminal, await sandbox.calls(configuredCalls));
  terminal.heading("times");
  printSummary(terminal, timeline.events, submittedMs);
}

async function watch(
  observer: Observer,
  terminal: Terminal,
  options: DemoOptions & { readonly submittedMs: number },
): Promise<Timeline> {
  const { submittedMs, signal } = options;
  const timeline = new Timeline();
  let quietSinceMs = submittedMs;
  while (!timeline.isComplete) {
    const observation = await observe(observer);
    signal.throwIfAborted();
    const isFirst = timeline.nodeNames.length === 0;
    const events = timeline.observe(observation);
    const { nodeNames, nextPhase } = timeline;
    if (isFirst && nodeNames.length > 0) printNodes(terminal, nodeNames);
    printEvents(terminal, events, { submittedMs, nodeNames });
    if (events.length > 0) quietSinceMs = observation.timeMs;
    if (observation.timeMs - quietSinceMs > SILENCE_MS_MAX && nextPhase !== undefined) {
      printWait(terminal, waitFor(nextPhase, options));
      // Said once, until there is news.
      quietSinceMs = Number.POSITIVE_INFINITY;
    }
    if (observation.timeMs - submittedMs > WATCH_TIMEOUT_MS)
      throw new CommandError(describeStall(timeline));
    await delay(LOOK_INTERVAL_MS);
  }
  return timeline;
}

/** Why the phase is not there at once. */
function waitFor(phase: PhaseName, { bootSeconds, suspendTimeSeconds }: DemoOptions): string {
  const reasons: Readonly<Record<PhaseName, string>> = {
    configured: "Slurm's scheduler takes up the job",
    launching: "slurmctld calls startnode, which asks OCI what is there",
    provisioning: "OCI answers the launch",
    "address reported": "startnode reads the addresses from OCI",
    running: `an instance has power ${bootSeconds} s after its launch`,
    registered: "the instance boots until its slurmd reports",
    "running the job": "wait-for-nodes lets the job start once all of its nodes are there",
    idle: "the job runs",
    stopping: `SuspendTime: the nodes must be idle for ${suspendTimeSeconds} s`,
    gone: `SuspendTimeout: Slurm counts a node as off after ${SUSPEND_TIMEOUT_SECONDS} s or more`,
  };
  return reasons[phase];
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
