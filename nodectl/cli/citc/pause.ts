import {
  countRunning,
  formatPauseOutcome,
  type RunningNodes,
} from "../../commands/pause-report.ts";
import { pauseLaunching } from "../../commands/pause.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { PAUSE_REASON_LENGTH_MAX } from "../../domain/pause.ts";
import { isSlurmError } from "../../slurm/slurm-command-error.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import type { Program } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";
import { asRoot, callerName, createAdminLog } from "./admin-context.ts";

const HELP = `Usage: citc pause [--reason TEXT] [options]

Stops all launching, until 'citc resume', also over a restart of this machine:
for an incident, or while you look into costs. What runs goes on, and stops as
usual. Nodes that jobs need go DOWN with your name and reason, and their jobs
wait in the queue; users see why under AdminComment ('scontrol show job ID').
A startnode that is launching stops within seconds.

Options:
  --reason TEXT             for the users, at most ${PAUSE_REASON_LENGTH_MAX} characters
  --json                    print the pause, and what is running, as JSON
${PATH_HELP}
  --help

Exit status: 0 launching is paused; 1 it is not; 2 the command line is wrong.
`;

/** Nobody waits a minute for a count. */
const COUNT_DEADLINE_MS = 10_000;

export const pause: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    reason: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [extra] = positionals;
  if (extra !== undefined)
    throw new UsageError(`unexpected argument ${JSON.stringify(extra)}; write --reason TEXT`);
  const reason = values.reason?.trim() ?? "";
  if (reason.length > PAUSE_REASON_LENGTH_MAX)
    throw new UsageError(`--reason takes at most ${PAUSE_REASON_LENGTH_MAX} characters`);
  const config = await loadConfig(values);
  const log = createAdminLog("pause", config, input);
  const outcome = await asRoot("pause", () =>
    pauseLaunching(
      { file: config.pauseFile, log },
      { who: callerName(), sinceMs: systemClock.now(), reason },
    ),
  );
  const running = await lookAtRunning(config, log);
  input.stdout.write(
    values.json === true
      ? `${JSON.stringify({ ...outcome, running }, null, 2)}\n`
      : formatPauseOutcome(outcome, running),
  );
  return 0;
};

/** The pause stands, whatever Slurm says. */
async function lookAtRunning(config: Config, log: Log): Promise<RunningNodes | undefined> {
  try {
    const bounds = { commandTimeoutMs: COUNT_DEADLINE_MS, deadlineMs: COUNT_DEADLINE_MS };
    return countRunning(await slurmOf(config, log, bounds).listNodes());
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.warn("could not see what is running", { reason: error.message });
    return undefined;
  }
}
