import { changeNodes, type ChangeOutcome } from "../../commands/nodes/change-nodes.ts";
import { changeJson, formatChange } from "../../commands/nodes/change-report.ts";
import { readPause } from "../../commands/pause.ts";
import type { NodeChange } from "../../domain/node-change.ts";
import { nodeNamesOf } from "../host-arguments.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import type { ExitCode, Program, ProgramInput } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { callerName, createAdminLog } from "./admin-context.ts";

const HELP = `Usage: citc nodes ACTION [options] HOSTLIST

Tells Slurm what is to become of nodes, and says what comes of it. Slurm calls
startnode and stopnode, which launch and terminate the instances.

  start         wake them; they stop again when they have been idle
  stop          no new jobs; each stops when its running jobs have ended
  stop --now    stop them at once: running jobs are requeued, or end
  drain         no new jobs and nothing else (needs --reason). A node that is
                powered down is in service again
  return        back into service: clears DOWN and DRAIN, also of a node that
                waits for its next try. Wakes nothing
  confirm-dead  the machine is dead, you know it: its jobs are requeued now and
                not when Slurm gives it up, what is left of it is terminated

  HOSTLIST                  node names as Slurm writes them:
                            'vm-standard2-1-ad1-[0001-0003]'

Options:
  --reason TEXT             for 'sinfo -R' and the log
  --now                     with stop: do not wait for running jobs
  --yes                     with stop --now: although jobs are running
  --dry-run                 say what would be done, and do nothing
  --json                    print it as JSON
${PATH_HELP}
  --help

Examples:
  sudo citc nodes drain --reason 'disk errors' vm-standard2-1-ad1-0007
  sudo citc nodes stop 'vm-standard2-1-ad1-[0001-0010]'

Exit status: 0 done, or nothing to do; 1 something was refused, and nothing or
not all was done; 2 the command line is wrong.
`;

const ACTIONS = ["start", "stop", "drain", "return", "confirm-dead"] as const;
/** Longer reasons make `sinfo -R` unreadable. */
const REASON_LENGTH_MAX = 200;

export const nodes: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    reason: { type: "string" },
    now: { type: "boolean" },
    yes: { type: "boolean" },
    "dry-run": { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [action, ...rest] = positionals;
  const change = changeOf(action, values);
  const nodeNames = nodeNamesOf(rest);
  const config = await loadConfig(values);
  const log = createAdminLog("nodes", config, input);
  const context = {
    slurm: slurmOf(config, log),
    readPause: () => readPause(config.pauseFile),
    log,
  };
  const outcome = await changeNodes(context, {
    ...{ change, nodeNames, reason: values.reason?.trim() },
    who: callerName(),
    isConfirmed: values.yes === true,
    isDryRun: values["dry-run"] === true,
  });
  return print(input, { change, outcome, isJson: values.json === true });
};

interface Given {
  readonly reason?: string | undefined;
  readonly now?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** @throws UsageError */
function changeOf(action: string | undefined, { reason, now, yes }: Given): NodeChange {
  const known = ACTIONS.find((it) => it === action);
  if (known === undefined) {
    const got = action === undefined ? "nothing" : JSON.stringify(action);
    throw new UsageError(`expected ${ACTIONS.join(", ")} after 'nodes', got ${got}`);
  }
  if (now === true && known !== "stop") throw new UsageError("--now belongs to 'nodes stop'");
  if (yes === true && now !== true) throw new UsageError("--yes belongs to 'nodes stop --now'");
  if (reason !== undefined && (reason.trim() === "" || reason.length > REASON_LENGTH_MAX)) {
    throw new UsageError(`--reason takes 1 to ${REASON_LENGTH_MAX} characters`);
  }
  if (known === "drain" && reason === undefined) {
    throw new UsageError("'nodes drain' needs --reason TEXT: people read it in 'sinfo -R'");
  }
  return known === "stop" && now === true ? "stop-now" : known;
}

interface Result {
  readonly change: NodeChange;
  readonly outcome: ChangeOutcome;
  readonly isJson: boolean;
}

function print({ stdout, stderr }: ProgramInput, { change, outcome, isJson }: Result): ExitCode {
  if (isJson) stdout.write(changeJson(change, outcome));
  switch (outcome.kind) {
    case "unknown-nodes":
      stderr.write(isJson ? "" : `citc nodes: ${outcome.message}.\n`);
      return 1;
    case "paused":
      stderr.write(isJson ? "" : `citc nodes: ${outcome.message}; 'citc resume' ends the pause\n`);
      return 1;
    case "needs-yes":
      stdout.write(isJson ? "" : formatChange(change, outcome));
      stderr.write(isJson ? "" : "citc nodes: nothing was done; add --yes to do it all the same\n");
      return 1;
    case "planned":
    case "done": {
      stdout.write(isJson ? "" : formatChange(change, outcome));
      const isRefused = outcome.groups.some(
        ({ verdict, problem }) => verdict.kind === "refuse" || problem !== undefined,
      );
      return isRefused ? 1 : 0;
    }
  }
}
