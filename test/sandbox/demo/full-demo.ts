import { stringify } from "yaml";
import { CommandError } from "../../../nodectl/cli/run.ts";
import { instanceNamed, loginAs, outputOf, outputOn } from "../machine-work.ts";
import { RELEASES, type ReleaseName } from "../machines/releases.ts";
import type { ExecOptions, Sandbox } from "../sandbox.ts";
import { destroyCluster } from "../sweep.ts";
import type { Terminal } from "../terminal.ts";
import { commonWaits, printCost } from "./job.ts";
import { BOOTING_PHASES, type PhaseName } from "./phases.ts";
import { watchManagement } from "./watch-management.ts";
import { watchNodes } from "./watch-nodes.ts";

const MANAGEMENT = "mgmt";
const CLUSTER = "clustera";
const NODE_COUNT = 2;
const SUSPEND_TIME_SECONDS = 45;
const SUSPEND_TIMEOUT_SECONDS = 20;
/** Of a bare image, on a busy computer. */
const MANAGEMENT_TIMEOUT_MS = 900_000;
const NODES_TIMEOUT_MS = 600_000;
const COMMAND_SECONDS = 120;
const LIMITS = stringify({
  "VM.Standard.E4.Flex.1.8": { 1: NODE_COUNT },
  cluster: {
    suspend_time: SUSPEND_TIME_SECONDS,
    suspend_timeout: SUSPEND_TIMEOUT_SECONDS,
    resume_timeout: 630,
  },
});

/** Every rank adds its own number, over the network, and says where it is. */
const PROGRAM = `#include <mpi.h>
#include <stdio.h>
int main(int argc, char **argv) {
  int rank, size, length, sum;
  char name[MPI_MAX_PROCESSOR_NAME];
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Get_processor_name(name, &length);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("rank %d of %d on %s; the ranks' sum is %d\\n", rank, size, name, sum);
  MPI_Finalize();
}
`;

/** A researcher's login: what stands after it runs there. */
const LOGIN = loginAs("alice");
const BATCH = `sbatch --nodes=${NODE_COUNT} --ntasks-per-node=1 --wrap 'srun ./ranks'`;

export interface FullDemoOptions {
  readonly release: ReleaseName;
  readonly poweredOnMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** From a management node that has just got power to a region in which nothing is left. @throws CommandError */
export async function runFullDemo(
  sandbox: Sandbox,
  terminal: Terminal,
  { release, poweredOnMs, signal }: FullDemoOptions,
): Promise<void> {
  const { instanceOcid } = await instanceNamed(sandbox, MANAGEMENT);
  const { slurmVersion } = RELEASES[release];
  terminal.heading(
    `a bare ${release} becomes a management node, Slurm ${slurmVersion}\n(seconds since power-on)`,
  );
  await watchManagement(sandbox, terminal, {
    ...{ instanceOcid, poweredOnMs, timeoutMs: MANAGEMENT_TIMEOUT_MS, signal },
  });
  await configure(sandbox, terminal);
  await addUser(sandbox, terminal);
  await runJob(sandbox, terminal, signal);
  terminal.heading(
    "cdktf destroy: the management node goes, then the sweep looks for what is left",
  );
  terminal.progress("two looks at OCI, a pause between them");
  terminal.line((await destroyCluster(sandbox, CLUSTER)).trim());
}

/** The admin's part. */
async function configure(sandbox: Sandbox, terminal: Terminal): Promise<void> {
  terminal.heading("opc: limits.yaml, and what `finish` makes of it");
  terminal.line(LIMITS);
  terminal.progress("finish: asks OCI for the shapes, writes Slurm's files, tells slurmctld");
  terminal.line(outputOf("finish", await sandbox.finish(LIMITS)).trim());
}

async function addUser(sandbox: Sandbox, terminal: Terminal): Promise<void> {
  terminal.heading("opc: sudo citc user add alice");
  const makeKey = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ".ssh/id_ed25519"];
  await asAdmin(sandbox, makeKey);
  const key = await asAdmin(sandbox, ["cat", ".ssh/id_ed25519.pub"]);
  const add = ["sudo", "citc", "user", "add", "alice", "--ssh-key", "-"];
  terminal.line((await asAdmin(sandbox, add, { stdin: key })).trim());
}

/** The researcher's part. */
async function runJob(sandbox: Sandbox, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const configuredCalls = (await sandbox.calls()).at(-1)?.sequence ?? 0;
  terminal.progress("alice logs in by ssh, and compiles");
  const compile = [...LOGIN, "mpicc -x c -o ranks -"];
  await asAdmin(sandbox, compile, { stdin: PROGRAM });
  const submittedMs = Date.now();
  const said = (await asAdmin(sandbox, [...LOGIN, BATCH])).trim();
  const jobId = /^Submitted batch job (\d+)$/.exec(said)?.[1];
  if (jobId === undefined) throw new CommandError(`sbatch said no job id: ${said}`);
  terminal.heading(`ssh alice@mgmt ${BATCH}\n(job ${jobId}; seconds since submission)`);
  const timeline = await watchNodes(sandbox, terminal, {
    ...{ jobId, submittedMs, phases: BOOTING_PHASES, waits: WAITS, signal },
    timeoutMs: NODES_TIMEOUT_MS,
  });
  terminal.heading(`the job's output (slurm-${jobId}.out)`);
  const output = (await asAdmin(sandbox, [...LOGIN, `cat slurm-${jobId}.out`])).trim();
  terminal.line(output);
  checkOutput(output);
  terminal.heading("alice: sacct");
  const columns = "JobID,JobName,Account,State,ExitCode,NNodes,Elapsed";
  const sacct = await asAdmin(sandbox, [...LOGIN, `sacct --jobs=${jobId} --format=${columns}`]);
  terminal.line(sacct.trimEnd());
  if (!sacct.includes("COMPLETED")) throw new CommandError("accounting has no such job");
  await printCost(sandbox, terminal, { timeline, submittedMs, configuredCalls });
}

export const WAITS: Readonly<Record<PhaseName, string>> = {
  ...commonWaits({ suspendTime: SUSPEND_TIME_SECONDS, suspendTimeout: SUSPEND_TIMEOUT_SECONDS }),
  running: "an instance has power some seconds after its launch",
  "cloud-init": "systemd starts, cloud-init asks for the metadata",
  playbook: "user data mounts /mnt/shared and takes the host keys",
  registered: "the playbook configures the machine and starts slurmd",
};

function asAdmin(
  sandbox: Sandbox,
  argv: readonly string[],
  options: Pick<ExecOptions, "stdin"> = {},
): Promise<string> {
  const session = { user: "opc", timeoutSeconds: COMMAND_SECONDS, ...options } as const;
  return outputOn(sandbox, MANAGEMENT, argv, session);
}

function checkOutput(output: string): void {
  const sum = (NODE_COUNT * (NODE_COUNT - 1)) / 2;
  const lines = output.split("\n").filter((line) => line.endsWith(`the ranks' sum is ${sum}`));
  if (lines.length !== NODE_COUNT) {
    throw new CommandError(`the job was to say this ${NODE_COUNT} times: the ranks' sum is ${sum}`);
  }
}
