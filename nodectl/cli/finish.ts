import { hostname } from "node:os";
import { finish as finishCluster } from "../commands/finish.ts";
import type { FinishContext, FinishOutcome } from "../commands/finish-context.ts";
import { formatFinishReport } from "../commands/finish-report.ts";
import { readPause } from "../commands/pause.ts";
import { describeUnready, exists } from "../commands/readiness.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import { pauseSentence } from "../domain/pause.ts";
import { formatProblem } from "../domain/problem.ts";
import { makeCapacityDirectory } from "../files/capacity-file.ts";
import { restartSlurmctld } from "../slurm/restart-slurmctld.ts";
import { columnsOf } from "./columns.ts";
import { createCommandLog } from "./command-log.ts";
import { CONFIG_FILE } from "./config.ts";
import { loadConfig } from "./load.ts";
import { parseOptions, UsageError } from "./options.ts";
import { PATH_HELP, PATH_OPTIONS } from "./path-options.ts";
import type { ExitCode, Program, ProgramInput } from "./run.ts";
import { defaultOf } from "./setting-default.ts";
import { SETTINGS } from "./settings.ts";
import { slurmConfCheckOf, slurmOf } from "./slurm.ts";
import { systemClock } from "./system-clock.ts";

const HELP = `Usage: finish [options]

Turns limits.yaml into Slurm's configuration: which shapes the cluster may use,
and how many nodes of each. Checks everything first, writes all files or none,
tells slurmctld, and loses neither a running job nor a node that is on. Run it
again whenever limits.yaml has changed; a second run changes nothing.

Options:
  --dry-run                 show what would change, and change nothing
  --now                     restart slurmctld, where Slurm before 23.11 needs
                            it, without waiting for jobs whose nodes are
                            waking: those of several nodes, and waiting sruns,
                            may fail
  --limits FILE             what to read [limits_file of the settings:
                            /home/opc/limits.yaml]
  --json                    print the report as JSON
${PATH_HELP}
  --help

Exit status: 0 done, or nothing to do; 1 nothing was changed, and why is said;
2 the command line is wrong.
`;

/** A person waits: OCI's lists of shapes take a second or two. */
const CATALOGUE_DEADLINE_MS = 60_000;

/** On a file system of the machine's own, in a directory that only root writes to. */
const LOCK_FILE = "/run/citc/finish.lock";

/** The executable that an admin calls. */
export const finish: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    "dry-run": { type: "boolean" },
    now: { type: "boolean" },
    limits: { type: "string" },
    "lock-file": { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [extra] = positionals;
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument ${JSON.stringify(extra)}; write --limits ${extra}`);
  }
  const isJson = values.json === true;
  const unready = await describeUnreadyMachine(values);
  if (unready !== undefined) {
    input.stderr.write(isJson ? "" : `finish: ${unready}\n`);
    return isJson ? printJson(input, { kind: "not-ready", message: unready }) : 1;
  }
  const config = await loadConfig(values);
  const context = await createContext(config, {
    input,
    isJson,
    lockFile: values["lock-file"] ?? LOCK_FILE,
  });
  const limitsFile = values.limits ?? config.limitsFile;
  if (values["dry-run"] !== true) await prepareCapacities(config, context.log);
  const outcome = await finishCluster(context, {
    limitsFile,
    isDryRun: values["dry-run"] === true,
    isNow: values.now === true,
  });
  const exitCode = isJson ? printJson(input, outcome) : printOutcome(input, outcome, context.log);
  const pause = await readPause(config.pauseFile);
  if (pause !== undefined) {
    input.stderr.write(`finish: caution: ${pauseSentence(pause)}; 'citc resume' ends the pause\n`);
  }
  return exitCode;
};

/**
 * Ansible writes the settings late: an admin who is early should not read that a file is missing. A file that the
 * command line names must be there.
 */
async function describeUnreadyMachine(given: {
  readonly config?: string | undefined;
  readonly "finalised-directory"?: string | undefined;
}): Promise<string | undefined> {
  if (given.config !== undefined || (await exists(CONFIG_FILE))) return undefined;
  const finalisedDirectory =
    given["finalised-directory"] ?? defaultOf(SETTINGS.finalised_directory);
  return describeUnready({ finalisedDirectory, hostName: hostname() });
}

/** startnode works without it, and asks OCI more often. */
async function prepareCapacities({ capacityFile, logFile }: Config, log: Log): Promise<void> {
  if (process.getuid?.() !== 0) return;
  try {
    await makeCapacityDirectory(capacityFile, logFile);
  } catch (error) {
    log.warn("could not make the directory for capacity_file", {
      reason: (error as Error).message,
    });
  }
}

interface ContextOptions {
  readonly input: ProgramInput;
  readonly isJson: boolean;
  readonly lockFile: string;
}

async function createContext(
  config: Config,
  { input, isJson, lockFile }: ContextOptions,
): Promise<FinishContext> {
  const { createCatalogue } = await import("./oci-catalogue.ts");
  const log = createCommandLog({
    program: "finish",
    file: config.logFile,
    // The report is for people; of the log they see what goes wrong.
    stream: input.stderr,
    levels: ["warn", "error"],
    clock: systemClock,
    pid: input.pid,
  });
  const signal = AbortSignal.timeout(CATALOGUE_DEADLINE_MS);
  return {
    config,
    catalogue: await createCatalogue(config, { clock: systemClock, log, signal }),
    slurm: slurmOf(config, log),
    clock: systemClock,
    log,
    hostName: hostname(),
    lockFile,
    checkSlurmConf: slurmConfCheckOf(config),
    restartSlurmctld: () => restartSlurmctld(config.slurmctldRestartCommand),
    progress: (step) => {
      // Scripts read the report; a person who waits wants to see that something happens.
      if (!isJson) input.stderr.write(`${step}\n`);
    },
  };
}

function printJson({ stdout }: ProgramInput, outcome: FinishOutcome): ExitCode {
  stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  return exitCodeOf(outcome);
}

function exitCodeOf(outcome: FinishOutcome): ExitCode {
  switch (outcome.kind) {
    case "planned":
    case "unchanged":
    case "configured":
      return 0;
    case "not-ready":
    case "invalid":
    case "refused":
    case "rolled-back":
      return 1;
  }
}

function printOutcome(
  { stdout, stderr }: ProgramInput,
  outcome: FinishOutcome,
  log: Log,
): ExitCode {
  const columns = columnsOf(stdout);
  switch (outcome.kind) {
    case "not-ready":
    case "refused":
    case "rolled-back":
      log.info(`finish ${outcome.kind}`, { reason: outcome.message });
      stderr.write(`finish: ${outcome.message}\n`);
      break;
    case "invalid": {
      const count = outcome.problems.length;
      stderr.write(`finish: ${count} problem${count === 1 ? "" : "s"}; nothing was changed:\n`);
      for (const problem of outcome.problems) stderr.write(`  ${formatProblem(problem)}\n`);
      break;
    }
    case "planned":
      stdout.write(outcome.diff === "" ? "The files would stay as they are.\n" : outcome.diff);
      stdout.write(`\n${formatFinishReport(outcome.report, { isPlanned: true, columns })}`);
      break;
    case "unchanged":
      stdout.write(formatFinishReport(outcome.report, { isPlanned: false, columns }));
      stdout.write("Nothing to do: Slurm runs with these limits already.\n");
      break;
    case "configured":
      stdout.write(formatFinishReport(outcome.report, { isPlanned: false, columns }));
      stdout.write(
        "Done. Slurm wakes nodes as jobs need them: try sbatch, and watch with sinfo.\n",
      );
      break;
  }
  return exitCodeOf(outcome);
}
