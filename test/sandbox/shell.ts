import { spawn } from "node:child_process";
import { once } from "node:events";
import { stringify } from "yaml";
import { CommandError, runProgram, type ExitCode } from "../../nodectl/cli/run.ts";
import type { Sandbox } from "./sandbox.ts";
import { openSandbox, stopOnSignals } from "./open-sandbox.ts";
import { readShellOptions, SHELL_HELP, type ShellOptions } from "./shell-options.ts";

const MANAGEMENT = "mgmt";

type Report = (line: string) => void;

await runProgram("sandbox", async ({ argv, stdout }) => {
  const options = readShellOptions(argv);
  if (options === undefined) {
    stdout.write(SHELL_HELP);
    return 0;
  }
  const report: Report = (line) => stdout.write(`${line}\n`);
  const sandbox = await openSandbox({
    release: options.release,
    cloud: { bootMs: options.bootSeconds * 1000 },
    latency: { launchMs: options.launchLatencyMs },
    keepRun: options.keepLogs,
    report,
  });
  stopOnSignals(sandbox);
  try {
    await finish(sandbox, options, report);
    report(welcome(options, sandbox));
    return await openShell(sandbox, options);
  } finally {
    await sandbox.stop();
  }
});

/** The admin's part: write limits.yaml, run finish. */
async function finish(sandbox: Sandbox, options: ShellOptions, report: Report): Promise<void> {
  const limits = `# What the cluster may use. Change it, then run ./finish.\n${stringify({
    [options.shape]: options.nodes,
    cluster: {
      suspend_time: options.suspendTimeSeconds,
      suspend_timeout: 10,
      resume_timeout: options.bootSeconds + 120,
      cred_expire: 10,
    },
  })}`;
  const result = await sandbox.finish(limits);
  report(result.stdout.trimEnd());
  if (result.exitCode !== 0) throw new CommandError(`finish failed:\n${result.stderr.trimEnd()}`);
}

function welcome({ bootSeconds, suspendTimeSeconds }: ShellOptions, sandbox: Sandbox): string {
  return `
This is the management node of a cluster in a region of OCI on your computer. All of its nodes are off. Try:

  sinfo                                   the nodes; ~ is off, # is waking, % is stopping
  sbatch -N3 --wrap 'srun hostname'       wakes three nodes: ${bootSeconds} s to power-on, then Slurm's own tick of up to 30 s
  watch -n1 'squeue; sinfo -N'            see them come; after ${suspendTimeSeconds} s of idleness they go
  cat slurm-*.out                         what the job wrote
  sudo tail -f /var/log/slurm/elastic.log what startnode and stopnode did
  nano limits.yaml; ./finish --dry-run    allow other shapes or numbers
  startnode --help

Logs of all machines: ${sandbox.workDirectory}
Leave the shell (exit, Ctrl-D) and all of it is gone.
`;
}

async function openShell(sandbox: Sandbox, { user }: ShellOptions): Promise<ExitCode> {
  const [command = "", ...argv] = await sandbox.enterCommand(MANAGEMENT, [
    ...["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups", "--reset-env"],
    ...["sh", "-c", "cd && exec bash --login"],
  ]);
  const child = spawn(command, argv, { stdio: "inherit" });
  // What the shell's last command returned says nothing of the sandbox.
  await once(child, "exit");
  return 0;
}
