import { styleText } from "node:util";
import { readNodeLog, type NodeLog, type NodeLogContext } from "../../commands/node-log.ts";
import type { Config } from "../../domain/config.ts";
import { localIsoTime } from "../../domain/local-time.ts";
import type { Log } from "../../domain/log.ts";
import type { LogLine } from "../../domain/node-log/log-line.ts";
import { parseSince } from "../../domain/since.ts";
import { OciAuthError } from "../../oci/oci-auth-error.ts";
import { createCommandLog } from "../command-log.ts";
import { nodeNamesOf } from "../host-arguments.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type ExitCode, type Program, type ProgramInput } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";
import { createClusterContext } from "./cluster-context.ts";

const LINES_DEFAULT = 200;
const LINES_MAX = 10_000;

const HELP = `Usage: citc logs [options] NODE

Tells one node's story, in the order of time, from three sources:

  elastic   what startnode, stopnode, finish and citc did with it (the log file
            and its rotated ones)
  console   the serial console of its instance, from OCI, which takes seconds:
            why a boot failed
  kept      the last consoles of instances that were given up

A '~' behind a time says that the line has none of its own.

Options:
  --lines N                 the last N lines, 1 to ${LINES_MAX} [${LINES_DEFAULT}]
  --since TIME              30m, 2h or 1d ago, or from 2026-11-25T14:00 on
  --no-console              do not ask OCI
  --json                    one JSON object with lines, notes and problems
${PATH_HELP}
  --help

Exit status: 0 told; 1 a source could not be read, or nobody knows the node;
2 the command line is wrong.
`;

/** OCI needs some seconds for a console; 15 looks of 2 s and some calls. */
const DEADLINE_MS = 60_000;

export const logs: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    lines: { type: "string" },
    since: { type: "string" },
    "no-console": { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [nodeName = "", ...others] = nodeNamesOf(positionals);
  if (others.length > 0) throw new UsageError("expected one node, got several");
  const selection = { linesMax: linesOf(values.lines), sinceMs: sinceOf(values.since) };
  const config = await loadConfig(values);
  const { stderr: stream, pid } = input;
  const log = createCommandLog({
    ...{ program: "citc logs", stream, clock: systemClock, pid },
    levels: ["error"],
  });
  const { cloud, problem }: Cloud =
    values["no-console"] === true ? {} : await createCloud(config, log);
  const context = {
    logFile: config.logFile,
    consoleDirectory: config.consoleDirectory,
    slurm: slurmOf(config, log, { commandTimeoutMs: SLURM_MS, deadlineMs: SLURM_MS }),
    ...(cloud !== undefined && { cloud }),
    clock: systemClock,
  };
  const told = await readNodeLog(context, nodeName, selection);
  const problems = problem === undefined ? told.problems : [...told.problems, problem];
  return print(input, nodeName, { ...told, problems }, values.json === true);
};

/** The logs say more than Slurm: it is not waited for long. */
const SLURM_MS = 10_000;

/** @throws UsageError */
function linesOf(text: string | undefined): number {
  if (text === undefined) return LINES_DEFAULT;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > LINES_MAX)
    throw new UsageError(
      `--lines takes a number from 1 to ${LINES_MAX}, not ${JSON.stringify(text)}`,
    );
  return count;
}

/** @throws UsageError */
function sinceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const sinceMs = parseSince(text, systemClock.now());
  if (sinceMs !== undefined) return sinceMs;
  throw new UsageError(
    `--since takes 30m, 2h, 1d or a time such as 2026-11-25T14:00, not ${JSON.stringify(text)}`,
  );
}

interface Cloud {
  readonly cloud?: NonNullable<NodeLogContext["cloud"]>;
  readonly problem?: string;
}

/** Without OCI the files still tell. */
async function createCloud(config: Config, log: Log): Promise<Cloud> {
  try {
    return {
      cloud: await createClusterContext(config, log, { signal: AbortSignal.timeout(DEADLINE_MS) }),
    };
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof OciAuthError)) throw error;
    return { problem: `console: ${error.message}` };
  }
}

function print(input: ProgramInput, nodeName: string, told: NodeLog, isJson: boolean): ExitCode {
  const { stdout, stderr } = input;
  const { unknown, lines, notes, problems } = told;
  const exitCode = problems.length > 0 || unknown !== undefined ? 1 : 0;
  if (isJson) {
    const shown = lines.map(({ timeMs, ...line }) => ({
      time: new Date(timeMs).toISOString(),
      ...line,
    }));
    stdout.write(`${JSON.stringify({ node: nodeName, lines: shown, notes, problems }, null, 2)}\n`);
    return exitCode;
  }
  if (unknown !== undefined) {
    const near = unknown.length === 0 ? "" : `; is it ${unknown.join(", ")}?`;
    stderr.write(`citc logs: neither Slurm nor the log knows ${nodeName}${near}\n`);
    return exitCode;
  }
  for (const line of lines) stdout.write(`${formatLine(line, stdout.isTTY)}\n`);
  if (lines.length === 0) stdout.write(`No line speaks of ${nodeName}.\n`);
  for (const note of notes) stderr.write(`${note}\n`);
  for (const problem of problems) stderr.write(`citc logs: ${problem}\n`);
  return exitCode;
}

const COLOURS = { info: undefined, warn: "yellow", error: "red" } as const;

function formatLine({ timeMs, isEstimate, source, level, text }: LogLine, isTty: boolean): string {
  const time = localIsoTime(timeMs).slice(0, 19).replace("T", " ");
  const colour = isTty ? COLOURS[level] : undefined;
  const shown = colour === undefined ? text : styleText(colour, text);
  return `${time}${isEstimate ? "~" : " "} ${source.padEnd(7)}  ${shown}`;
}
