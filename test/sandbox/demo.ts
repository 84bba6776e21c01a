import { parseOptions, UsageError } from "../../nodectl/cli/options.ts";
import { runProgram } from "../../nodectl/cli/run.ts";
import { runFullDemo } from "./demo/full-demo.ts";
import { configure, watchJob } from "./demo/run-demo.ts";
import { countChanges, deployedFromHead } from "./deployed.ts";
import { isReleaseName, RELEASES, type ReleaseName } from "./machines/releases.ts";
import { npmProgram, refuseArguments } from "./npm-program.ts";
import { withSandbox } from "./open-sandbox.ts";
import { Terminal } from "./terminal.ts";

const HELP = `Usage: npm run demo [-- options]

The main job, for real: a cluster in a region of OCI on this computer, a job
that needs three nodes, and each node's way from sbatch until it is gone again.
Takes about a minute once all is set up, and leaves nothing behind. Needs root.

  --full           the whole life, on machines that boot: a management node
                   becomes one of a bare image, a user logs in, an MPI job
                   runs on two nodes that configure themselves, and all goes
                   (about five minutes; ten the first time, and 4 GiB of disk)
  --release NAME   bookworm (Slurm 22.05) or trixie (Slurm 24.11) [bookworm]
  --keep-logs      leave the run's directory with all logs
  --help
`;

const NODE_COUNT = 3;
const SUSPEND_TIME_SECONDS = 8;
const BOOT_SECONDS = 5;
const LAUNCH_MS = 300;

const demo = npmProgram("demo", async ({ argv, stdout }) => {
  const { values, positionals } = parseOptions(argv, {
    release: { type: "string", default: "bookworm" },
    full: { type: "boolean", default: false },
    "keep-logs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (values.help) {
    stdout.write(HELP);
    return 0;
  }
  refuseArguments("demo", positionals);
  const { release } = values;
  if (!isReleaseName(release)) {
    throw new UsageError(`--release ${release}: write ${Object.keys(RELEASES).join(" or ")}`);
  }
  const terminal = new Terminal(stdout, { noColor: process.env["NO_COLOR"] });
  const startedMs = Date.now();
  const keepRun = values["keep-logs"];
  if (values.full) {
    await full(release, keepRun, terminal);
  } else {
    await small(release, keepRun, terminal);
  }
  const elapsedSeconds = Math.round((Date.now() - startedMs) / 1000);
  terminal.line(`\nEverything is gone again. ${elapsedSeconds} s in all.`);
  return 0;
});

async function small(release: ReleaseName, keepRun: boolean, terminal: Terminal): Promise<void> {
  const settings = {
    cloud: { bootMs: BOOT_SECONDS * 1000 },
    latency: { launchMs: LAUNCH_MS },
    hasTimers: true,
  };
  await withSandbox({ release, keepRun, ...settings }, terminal, async (sandbox, signal) => {
    const options = {
      nodeCount: NODE_COUNT,
      bootSeconds: BOOT_SECONDS,
      suspendTimeSeconds: SUSPEND_TIME_SECONDS,
      signal,
    };
    const { slurmVersion } = RELEASES[release];
    terminal.line(
      `A region of OCI with one cluster is up (Slurm ${slurmVersion}); its nodes are off.`,
    );
    await configure(sandbox, terminal, options);
    await watchJob(sandbox, terminal, options);
  });
}

async function full(release: ReleaseName, keepRun: boolean, terminal: Terminal): Promise<void> {
  const booting = await deployedFromHead();
  const { ref } = booting.deployment;
  terminal.line(`The machines pull what is committed: ${ref.slice(0, 12)}`);
  const changeCount = await countChanges();
  if (changeCount > 0) {
    const files = changeCount === 1 ? "1 file differs" : `${changeCount} files differ`;
    terminal.line(`${files} from it: nodectl and user data are as they are here.`);
  }
  const options = {
    ...{ release, keepRun },
    cloud: { bootMs: BOOT_SECONDS * 1000 },
    latency: { launchMs: LAUNCH_MS },
    booting,
  };
  await withSandbox(options, terminal, (sandbox, signal) =>
    runFullDemo(sandbox, terminal, { release, poweredOnMs: Date.now(), signal }),
  );
}

await runProgram("demo", demo);
