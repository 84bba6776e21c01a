import { columnsOf } from "../columns.ts";
import { statusJson } from "../../commands/status/status-json.ts";
import { formatStatus } from "../../commands/status/status-report.ts";
import { compressHostlist, expandHostlist } from "../../domain/hostlist.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { selectNodes, type ClusterStatus } from "../../domain/status/cluster-status.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import { CommandError, type ExitCode, type Program, type ProgramInput } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { paintOf } from "./paint.ts";
import { openProgressLine } from "./progress-line.ts";
import { createLook } from "./status-context.ts";
import { openScreen } from "./terminal-screen.ts";
import { watch } from "./watch.ts";

const WATCH_SECONDS = 15;
/** A look is a page of instances and one of addresses for each thousand nodes: OCI is not to be asked all the time. */
const WATCH_SECONDS_MIN = 5;
const WATCH_SECONDS_MAX = 3600;

const HELP = `Usage: citc status [options] [NODES]

Shows what runs, where, since when and what it costs by list price, what
'citc reconcile' would do now and why, and what is wrong and what to do about
it. Changes nothing. Like nodes stand in one line; NODES, a hostlist such as
vm-gpu-a10-1-ad2-[0001-0004], shows each of these by itself.

Options:
  --watch [SECONDS]         redraw, ${WATCH_SECONDS} or so many seconds after each look
                            (${WATCH_SECONDS_MIN} at least); q or Ctrl-C ends it
  --json                    print everything as JSON; citc.md has the keys
${PATH_HELP}
  --help

Exit status: 0 nothing is wrong, or --watch was ended; 1 there are warnings;
2 the command line is wrong.
`;

const OPTIONS = {
  ...PATH_OPTIONS,
  watch: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** What looking says meanwhile stands in the status itself: a line in between would only disturb. */
const NO_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const status: Program = async (input) => {
  const { values, positionals } = parseOptions(withWatchSeconds(input.argv), OPTIONS);
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const names = readNames(positionals);
  const pauseMs = readSeconds(values.watch);
  if (pauseMs !== undefined && values.json === true) {
    throw new UsageError("--watch is for people and --json for scripts: choose one");
  }
  const config = await loadConfig(values);
  if (pauseMs === undefined) {
    const look = (): Promise<ClusterStatus> => lookOnce(config, input);
    return showOnce(input, { look, names, isJson: values.json === true });
  }
  return showAgainAndAgain(input, { look: createLook(config, NO_LOG), names, pauseMs });
};

/** A side that does not answer keeps a person waiting for half a minute: not without a word. */
async function lookOnce(config: Config, { stderr }: ProgramInput): Promise<ClusterStatus> {
  const progress = openProgressLine(stderr, systemClock);
  try {
    return await createLook(config, NO_LOG, progress.waitFor)();
  } finally {
    progress.end();
  }
}

/** `--watch` alone, `--watch 30` and `--watch=30` are all understood. */
function withWatchSeconds(argv: readonly string[]): readonly string[] {
  const index = argv.indexOf("--watch");
  if (index === -1) return argv;
  const next = argv[index + 1] ?? "";
  const isGiven = /^\d/.test(next);
  const word = `--watch=${isGiven ? next : WATCH_SECONDS}`;
  return [...argv.slice(0, index), word, ...argv.slice(index + (isGiven ? 2 : 1))];
}

/** Milliseconds. */
function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (seconds >= WATCH_SECONDS_MIN && seconds <= WATCH_SECONDS_MAX) return seconds * 1000;
  throw new UsageError(
    `--watch ${JSON.stringify(text)}: write seconds, ${WATCH_SECONDS_MIN} to ${WATCH_SECONDS_MAX}`,
  );
}

function readNames(positionals: readonly string[]): readonly string[] | undefined {
  if (positionals.length === 0) return undefined;
  const expanded = expandHostlist(positionals.join(","));
  if (expanded.kind === "valid") return expanded.value;
  throw new UsageError(`NODES: ${expanded.message}`);
}

interface Show {
  readonly look: () => Promise<ClusterStatus>;
  /** Absent: the whole cluster. */
  readonly names: readonly string[] | undefined;
}

async function showOnce(
  input: ProgramInput,
  { look, names, isJson }: Show & { readonly isJson: boolean },
): Promise<ExitCode> {
  const whole = await look();
  const { status: shown, missing } = names
    ? selectNodes(whole, names)
    : { status: whole, missing: [] };
  if (isJson) input.stdout.write(`${JSON.stringify(statusJson(shown), undefined, 2)}\n`);
  else input.stdout.write(`${formatStatus(shown, layoutOf(input, names)).join("\n")}\n`);
  if (missing.length > 0) {
    input.stderr.write(`citc status: not seen, in Slurm or OCI: ${compressHostlist(missing)}\n`);
  }
  return shown.warnings.length > 0 || missing.length > 0 ? 1 : 0;
}

async function showAgainAndAgain(
  input: ProgramInput,
  { look, names, pauseMs }: Show & { readonly pauseMs: number },
): Promise<ExitCode> {
  const { stdout } = input;
  if (!stdout.isTTY)
    throw new CommandError("--watch needs a terminal; for scripts there is --json");
  const screen = openScreen({ stdin: process.stdin, stdout });
  try {
    const describe = (seen: ClusterStatus): readonly string[] => {
      const { status: shown } = names ? selectNodes(seen, names) : { status: seen };
      const layout = layoutOf(input, names);
      // The last line is for how to get out.
      const rows = (stdout.rows > 0 ? stdout.rows : ROWS_DEFAULT) - 1;
      const foot = `every ${pauseMs / 1000} s; q ends`;
      return [...formatStatus(shown, { ...layout, rows }), layout.paint("quiet", foot)];
    };
    await watch({ look, describe, screen, clock: systemClock, pauseMs });
  } finally {
    screen.close();
  }
  return 0;
}

const ROWS_DEFAULT = 24;

function layoutOf({ stdout }: ProgramInput, names: readonly string[] | undefined) {
  const columns = columnsOf(stdout);
  const paint = paintOf(stdout);
  return { columns, paint, isEachNode: names !== undefined };
}
