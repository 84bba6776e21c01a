import { stringify } from "yaml";
import { CommandError } from "../../../nodectl/cli/run.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Terminal } from "../terminal.ts";
import { PHASES, type PhaseName } from "./phases.ts";
import { printCalls, printSummary } from "./print.ts";
import { watchNodes } from "./watch-nodes.ts";

const MANAGEMENT = "mgmt";
/** Twice what it takes on a busy computer. */
const WATCH_TIMEOUT_MS = 150_000;
const FINISH_TIMEOUT_SECONDS = 120;

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
  const configuredCalls = (await sandbox.calls()).at(-1)?.sequence ?? 0;
  const submittedMs = Date.now();
  const submitted = await sandbox.exec(MANAGEMENT, argv, { user: "alice" });
  if (submitted.exitCode !== 0) throw new CommandError(`sbatch failed: ${submitted.stderr.trim()}`);
  const jobId = submitted.stdout.trim();
  terminal.heading(
    `sbatch -N${nodeCount} --wrap 'srun hostname'   (job ${jobId}; seconds since submission)`,
  );
  const timeline = await watchNodes(sandbox, terminal, {
    ...{ jobId, submittedMs, phases: PHASES, waits: waits(options) },
    ...{ timeoutMs: WATCH_TIMEOUT_MS, signal: options.signal },
  });
  terminal.heading(`the job's output (slurm-${jobId}.out)`);
  const output = await sandbox.exec(MANAGEMENT, ["sh", "-c", `cat ~/slurm-${jobId}.out`], {
    user: "alice",
  });
  terminal.line(output.stdout.trim());
  checkOutput(output.stdout, nodeCount);
  terminal.heading("calls to OCI for this job");
  printCalls(terminal, await sandbox.calls(configuredCalls));
  terminal.heading("times");
  printSummary(terminal, timeline, submittedMs);
}

/** Why the phase is not there at once. */
function waits({
  bootSeconds,
  suspendTimeSeconds,
}: DemoOptions): Readonly<Record<PhaseName, string>> {
  return {
    configured: "Slurm's scheduler takes up the job",
    launching: "slurmctld calls startnode, which asks OCI what is there",
    provisioning: "OCI answers the launch",
    "address reported": "startnode reads the addresses from OCI",
    running: `an instance has power ${bootSeconds} s after its launch`,
    "cloud-init": "the operating system boots",
    playbook: "user data waits for the repository",
    registered: "the instance boots until its slurmd reports",
    "running the job": "wait-for-nodes lets the job start once all of its nodes are there",
    idle: "the job runs",
    stopping: `SuspendTime: the nodes must be idle for ${suspendTimeSeconds} s`,
    gone: `SuspendTimeout: Slurm counts a node as off after ${SUSPEND_TIMEOUT_SECONDS} s or more`,
  };
}

function checkOutput(output: string, nodeCount: number): void {
  const names = new Set(output.split("\n").filter((line) => line.startsWith("vm-")));
  if (names.size !== nodeCount) {
    throw new CommandError(
      `the job was to run on ${nodeCount} nodes; its output names ${names.size}`,
    );
  }
}
