import type { Sandbox } from "../sandbox.ts";
import type { Terminal } from "../terminal.ts";
import type { PhaseName } from "./phases.ts";
import { printCalls, printSummary } from "./print.ts";
import type { Timeline } from "./timeline.ts";

/** Of limits.yaml, in seconds. */
export interface Timers {
  readonly suspendTime: number;
  readonly suspendTimeout: number;
}

/** What is waited for before a phase, where that is the same whatever the machines are. */
export function commonWaits({ suspendTime, suspendTimeout }: Timers) {
  return {
    configured: "Slurm's scheduler takes up the job",
    launching: "slurmctld calls startnode, which asks OCI what is there",
    provisioning: "OCI answers the launch",
    "address reported": "startnode reads the addresses from OCI",
    "running the job": "wait-for-nodes lets the job start once all of its nodes are there",
    idle: "the job runs",
    stopping: `SuspendTime: the nodes must be idle for ${suspendTime} s`,
    gone: `SuspendTimeout: Slurm counts a node as off after ${suspendTimeout} s or more`,
  } satisfies Partial<Record<PhaseName, string>>;
}

export interface SeenJob {
  readonly timeline: Timeline;
  readonly submittedMs: number;
  /** The last call to OCI before it. */
  readonly configuredCalls: number;
}

/** What the job has cost. */
export async function printCost(
  sandbox: Sandbox,
  terminal: Terminal,
  { timeline, submittedMs, configuredCalls }: SeenJob,
): Promise<void> {
  terminal.heading("calls to OCI for this job");
  printCalls(terminal, await sandbox.calls(configuredCalls));
  terminal.heading("times");
  printSummary(terminal, timeline, submittedMs);
}
