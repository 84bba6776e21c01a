import { dirname, join } from "node:path";
import { formatPlan } from "../../commands/reconcile/plan-report.ts";
import {
  reconcile as reconcileCluster,
  type ReconcileOutcome,
} from "../../commands/reconcile/reconcile.ts";
import { writeMetrics } from "../../commands/reconcile/write-metrics.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { FileLockError, withFileLock } from "../../files/file-lock.ts";
import { StateFile } from "../../files/state-file.ts";
import { capacityFileOf } from "../capacity-file.ts";
import { createCommandLog } from "../command-log.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import type { ExitCode, Program, ProgramInput } from "../run.ts";
import { newTally, type RequestTally } from "../request-tally.ts";
import { systemClock } from "../system-clock.ts";
import { createClusterContext } from "./cluster-context.ts";

const HELP = `Usage: citc reconcile [options]

Looks at every node in Slurm and every instance of this cluster in OCI, and
makes them agree: ends instances that no node needs, returns nodes to service,
gives up machines that are lost so that their jobs run elsewhere. Only
instances with this cluster's tags are touched. A timer runs it each minute.

Options:
  --dry-run                 print what a pass would do now, and do nothing
  --json                    print the plan as JSON
${PATH_HELP}
  --help

Exit status: 0 all is in order, or was put in order; 1 one of the two sides
could not be seen, or something was refused; 2 the command line is wrong.
`;

/** One pass at a time. */
const LOCK_FILE = "/run/citc/reconcile.lock";

export const reconcile: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    "dry-run": { type: "boolean" },
    "lock-file": { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  if (positionals.length > 0) throw new UsageError(`unexpected argument ${positionals[0] ?? ""}`);
  const isDryRun = values["dry-run"] === true;
  const config = await loadConfig(values);
  const { stderr: stream, pid } = input;
  const log = createCommandLog({
    program: "reconcile",
    // What was done is in the log, and nothing is done here.
    ...(isDryRun ? {} : { file: config.logFile }),
    stream,
    levels: ["warn", "error"],
    clock: systemClock,
    pid,
  });
  const pass = async (): Promise<ReconcileOutcome> => {
    const tally = newTally();
    const context = await createClusterContext(config, log, { tally });
    const store = new StateFile(config.reconcileFile);
    const outcome = await reconcileCluster({ ...context, store }, { isDryRun });
    if (outcome.kind === "done") await keepMetrics(config, { log, tally }, outcome.seen);
    return outcome;
  };
  if (isDryRun) return print(input, await pass(), values.json === true);
  const file = values["lock-file"] ?? LOCK_FILE;
  const holder = "another reconcile is running";
  try {
    return print(
      input,
      await withFileLock({ file, holder, waitSecondsMax: 0 }, pass),
      values.json === true,
    );
  } catch (error) {
    if (!(error instanceof FileLockError)) throw error;
    input.stderr.write(`citc reconcile: ${error.message}\n`);
    return 1;
  }
};

/** Where a node exporter reads them, if there is one. */
async function keepMetrics(
  config: Config,
  { log, tally }: { readonly log: Log; readonly tally: RequestTally },
  seen: Parameters<typeof writeMetrics>[1],
): Promise<void> {
  const { metricsFile, reconcileFile, logFile } = config;
  const state = new StateFile(join(dirname(reconcileFile), "metrics.json"));
  const capacity = capacityFileOf(config);
  await writeMetrics({ metricsFile, state, capacity, logFile, log, tally }, seen);
}

function print(
  { stdout, stderr }: ProgramInput,
  outcome: ReconcileOutcome,
  isJson: boolean,
): ExitCode {
  if (outcome.kind === "blind") {
    if (isJson) stdout.write(`${JSON.stringify(outcome)}\n`);
    else stderr.write(`citc reconcile: nothing was done: ${outcome.reason}\n`);
    return 1;
  }
  stdout.write(formatPlan(outcome, { isJson }));
  const isRefused =
    outcome.kind === "done" && outcome.acted.acts.some(({ problem }) => problem !== undefined);
  return isRefused ? 1 : 0;
}
