import { spawn } from "node:child_process";
import { once } from "node:events";
import { stringify } from "yaml";
import { CommandError, runProgram } from "../../nodectl/cli/run.ts";
import { npmProgram } from "./npm-program.ts";
import { withSandbox } from "./open-sandbox.ts";
import type { Sandbox } from "./sandbox.ts";
import { readShellOptions, SHELL_HELP, type ShellOptions } from "./shell-options.ts";
import { Terminal } from "./terminal.ts";

const MANAGEMENT = "mgmt";

const shell = npmProgram("sandbox", async ({ argv, stdout }) => {
  const options = readShellOptions(argv);
  if (options === undefined) {
    stdout.write(SHELL_HELP);
    return 0;
  }
  const terminal = new Terminal(stdout, { noColor: process.env["NO_COLOR"] });
  const settings = {
    release: options.release,
    cloud: { bootMs: options.bootSeconds * 1000 },
    latency: { launchMs: options.launchLatencyMs },
    keepRun: options.keepLogs,
    hasTimers: true,
  };
  await withSandbox(settings, terminal, async (sandbox) => {
    await finish(sandbox, options, terminal);
    terminal.line(welcome(options, sandbox));
    await openShell(sandbox, options);
  });
  terminal.line("All of it is gone again.");
  return 0;
});

await runProgram("sandbox", shell);

/** The admin's part: write limits.yaml, run finish. */
async function finish(sandbox: Sandbox, options: ShellOptions, terminal: Terminal): Promise<void> {
  const limits = `# What the cluster may use. Change it, then run ./finish.\n${stringify({
    [options.shape]: options.nodes,
    cluster: {
      suspend_time: options.suspendTimeSeconds,
      suspend_timeout: 10,
      resume_timeout: options.bootSeconds + 120,
      cred_expire: 10,
    },
  })}`;
  terminal.progress("finish: asks OCI for the shapes, writes Slurm's files, tells slurmctld");
  const result = await sandbox.finish(limits);
  if (result.stdout !== "") terminal.line(result.stdout.trimEnd());
  if (result.exitCode === 0) return;
  // Below the steps that went well.
  const reason = /^finish: .*/ms.exec(result.stderr)?.[0] ?? result.stderr;
  throw new CommandError(
    `--shape ${options.shape} --nodes ${options.nodes}: the limits of these were not taken:\n${reason.trimEnd()}`,
  );
}

function welcome(options: ShellOptions, sandbox: Sandbox): string {
  const { bootSeconds, suspendTimeSeconds, nodes, user } = options;
  const sbatch = `sbatch -N${Math.min(nodes, 3)} --wrap 'srun hostname'`;
  const forAdmins = `
  sudo tail /var/log/slurm/elastic.log
                                     what startnode, stopnode and reconcile did
  nano ~opc/limits.yaml              allow other shapes or numbers
  ~opc/finish --dry-run              what that would change; without --dry-run:
                                     change it
  startnode --help; stopnode --help`;
  return `
This is the management node of a cluster in a region of OCI on your computer,
and you are ${user} there. All of the cluster's nodes are off. Try:

  sinfo                              the nodes: ~ is off, # wakes, % stops
  ${sbatch}  wakes nodes: ${bootSeconds} s to power-on, then a
                                     second or two to the job
  watch -n1 'squeue; sinfo -N'       see them come (Ctrl-C ends it); after
                                     ${suspendTimeSeconds} s of idleness they go
  cat slurm-*.out                    what the job wrote${user === "alice" ? "" : forAdmins}

Logs of all machines: ${sandbox.workDirectory}
Leave the shell (exit, Ctrl-D) and all of it is gone.
`;
}

async function openShell(sandbox: Sandbox, { user }: ShellOptions): Promise<void> {
  const [command = "", ...argv] = await sandbox.enterCommand(MANAGEMENT, [
    ...["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups", "--reset-env"],
    ...["sh", "-c", "cd && exec bash --login"],
  ]);
  const child = spawn(command, argv, { stdio: "inherit" });
  // What the shell's last command returned says nothing of the sandbox.
  await once(child, "exit");
}
