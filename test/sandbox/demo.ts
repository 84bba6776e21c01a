import { parseOptions } from "../../nodectl/cli/options.ts";
import { CommandError, runProgram } from "../../nodectl/cli/run.ts";
import { printLine } from "./demo/print.ts";
import { configure, watchJob } from "./demo/run-demo.ts";
import { isReleaseName, RELEASES } from "./machines/releases.ts";
import { openSandbox, stopOnSignals } from "./open-sandbox.ts";

const HELP = `Usage: npm run demo [-- options]

The main job, for real: a cluster in a region of OCI on this computer, a job that needs three nodes, and
each node's way from sbatch until it is gone again. Takes under two minutes once all is set up, and leaves
nothing behind. Needs root.

  --release NAME   bookworm (Slurm 22.05) or trixie (Slurm 24.11) [bookworm]
  --keep-logs      leave the run's directory with all logs
  --help
`;

const NODE_COUNT = 3;
const SUSPEND_TIME_SECONDS = 8;
const BOOT_MS = 5_000;
const LAUNCH_MS = 300;

await runProgram("demo", async ({ argv, stdout }) => {
  const { values } = parseOptions(argv, {
    release: { type: "string", default: "bookworm" },
    "keep-logs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (values.help) {
    stdout.write(HELP);
    return 0;
  }
  const { release } = values;
  if (!isReleaseName(release)) {
    throw new CommandError(`--release ${release}: write ${Object.keys(RELEASES).join(" or ")}`);
  }
  const terminal = { stream: stdout };
  const startedMs = Date.now();
  const sandbox = await openSandbox({
    release,
    cloud: { bootMs: BOOT_MS },
    latency: { launchMs: LAUNCH_MS },
    keepRun: values["keep-logs"],
    report: (line) => {
      printLine(terminal, line);
    },
  });
  stopOnSignals(sandbox);
  try {
    const options = { nodeCount: NODE_COUNT, suspendTimeSeconds: SUSPEND_TIME_SECONDS };
    printLine(
      terminal,
      `a region of OCI with one cluster is up (Slurm ${RELEASES[release].slurmVersion}); its nodes are off`,
    );
    await configure(sandbox, terminal, options);
    await watchJob(sandbox, terminal, options);
  } finally {
    await sandbox.stop();
  }
  printLine(
    terminal,
    `\nEverything is gone again. ${Math.round((Date.now() - startedMs) / 1000)} s in all.`,
  );
  return 0;
});
