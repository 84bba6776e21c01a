import { stringify } from "yaml";
import { CommandError } from "../../../nodectl/cli/run.ts";
import { outputOf, outputOn } from "../machine-work.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Terminal } from "../terminal.ts";
import { commonWaits, printCost } from "./job.ts";
import { PHASES, type PhaseName } from "./phases.ts";
import { watchNodes } from "./watch-nodes.ts";

const MANAGEMENT = "mgmt";
/** Twice what it takes on a busy computer. */
const WATCH_TIMEOUT_MS = 150_000;

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
  terminal.line(outputOf("finish", await sandbox.finish(limits)).trim());
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
  const jobId = (await outputOn(sandbox, MANAGEMENT, argv, { user: "alice" })).trim();
  terminal.heading(
    `sbatch -N${nodeCount} --wrap 'srun hostname'   (job ${jobId}; seconds since submission)`,
  );
  const timeline = await watchNodes(sandbox, terminal, {
    ...{ jobId, submittedMs, phases: PHASES, waits: waits(options) },
    ...{ timeoutMs: WATCH_TIMEOUT_MS, signal: options.signal },
  });
  terminal.heading(`the job's output (slurm-${jobId}.out)`);
  const read = ["cat", `slurm-${jobId}.out`];
  const output = await outputOn(sandbox, MANAGEMENT, read, { user: "alice" });
  terminal.line(output.trim());
  checkOutput(output, nodeCount);
  await printCost(sandbox, terminal, { timeline, submittedMs, configuredCalls });
}

/** Why the phase is not there at once. */
function waits({
  bootSeconds,
  suspendTimeSeconds,
}: DemoOptions): Readonly<Record<PhaseName, string>> {
  return {
    ...commonWaits({ suspendTime: suspendTimeSeconds, suspendTimeout: SUSPEND_TIMEOUT_SECONDS }),
    running: `an instance has power ${bootSeconds} s after its launch`,
    "cloud-init": "the operating system boots",
    playbook: "user data waits for the repository",
    registered: "the instance boots until its slurmd reports",
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
