import { CapacityMemory } from "../commands/capacity-memory.ts";
import { watchPause } from "../commands/pause-watch.ts";
import { readPause } from "../commands/pause.ts";
import { startNodes, UnfinishedStartError, type StartContext } from "../commands/start-nodes.ts";
import { tendFailedNodes } from "../commands/tend-nodes.ts";
import type { Clock } from "../domain/clock.ts";
import { bootLimitSeconds } from "../domain/boot-limit.ts";
import type { Config } from "../domain/config.ts";
import { DoomedJobs } from "../domain/doomed-jobs.ts";
import type { Log } from "../domain/log.ts";
import { pauseSentence, type Pause } from "../domain/pause.ts";
import { rankPlacements } from "../domain/placement.ts";
import type { ResumeJobs } from "../domain/resume-jobs.ts";
import { retryToken } from "../domain/retry-token.ts";
import { hasResumeAfter } from "../domain/slurm-release.ts";
import { launchDeadlineSeconds, runDeadlineSeconds } from "../domain/run-deadline.ts";
import { launchDetails } from "../oci/launch-details.ts";
import { capacityFileOf } from "./capacity-file.ts";
import { openLog } from "./open-log.ts";
import { nodeNamesOf } from "./host-arguments.ts";
import { loadConfig } from "./load.ts";
import { loadTargets, type Targets } from "./load-targets.ts";
import { loadLaunchSettings } from "./launch-settings.ts";
import { parseOptions } from "./options.ts";
import { PATH_HELP, PATH_OPTIONS, pathsOf } from "./path-options.ts";
import { jobsOrWarn, readResumeJobs } from "./read-resume-jobs.ts";
import { logTally, newTally, type RequestTally } from "./request-tally.ts";
import { reportFatal, reportFatalStart, type FatalPaths } from "./report-fatal.ts";
import { returnWhenDue } from "./return-when-due.ts";
import type { ExitCode, Program, ProgramInput } from "./run.ts";
import { slurmOf } from "./slurm.ts";
import { systemClock } from "./system-clock.ts";

const HELP = `Usage: startnode [options] HOSTLIST

Launches the OCI instance behind each named node and reports its address to
Slurm. Slurm calls it (ResumeProgram) when jobs need nodes; by hand it does the
same. Safe to repeat: an instance that is there already is adopted. What is
launched for a name stands in nodes.json, which finish writes.

  HOSTLIST                  node names as Slurm writes them:
                            'vm-standard2-1-ad1-[0001-0003]'

Options:
  --dry-run                 print the LaunchInstance requests as JSON and send
                            nothing
${PATH_HELP}
  --help

Exit status: 0 all nodes have an instance; 1 some have none (the reason is in
the log, and those that Slurm was waking are DOWN in Slurm); 2 the command line
is wrong.
`;

/** The executable that Slurm calls as ResumeProgram. */
export const startnode: Program = async (input) => {
  const resumeFile = await readResumeJobs(input.resumeFile);
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    "dry-run": { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const nodeNames = nodeNamesOf(positionals);
  if (values["dry-run"] === true) {
    const config = await loadConfig(values);
    return await printRequests(input, config, await loadTargets(config, nodeNames));
  }
  let paths: FatalPaths = pathsOf(values);
  let run: Run;
  try {
    const config = await loadConfig(values);
    paths = config;
    const pause = input.resumeFile === undefined ? await readPause(config.pauseFile) : undefined;
    if (pause !== undefined) return refuseByHand(input, pause);
    const targets = await loadTargets(config, nodeNames);
    const log = openLog("startnode", config, input);
    const isResumedNow = input.resumeFile !== undefined;
    const resumeJobs = jobsOrWarn(resumeFile, log);
    run = await launch(config, targets, { log, clock: systemClock, isResumedNow, resumeJobs });
  } catch (error) {
    // What has been launched is on its way whatever happened to the run.
    const failed = error instanceof UnfinishedStartError ? error.nodeNames : nodeNames;
    const cause = error instanceof UnfinishedStartError ? error.cause : error;
    await reportFatalStart(input, paths, { nodeNames: failed, resumeFile }, cause);
    throw cause;
  }
  // Whatever happens from here on says nothing against the nodes of this run.
  try {
    return await tendAfter(run);
  } catch (error) {
    reportFatal("startnode", input, paths, error);
    throw error;
  }
};

/** A run whose nodes have all been launched or given up. */
interface Run {
  readonly config: Config;
  readonly context: StartContext;
  readonly hasFailed: boolean;
}

async function tendAfter({ config, context, hasFailed }: Run): Promise<ExitCode> {
  await tendFailedNodes(context);
  if (!hasFailed) return 0;
  const isLongRun = context.isResumedNow && !hasResumeAfter(await context.slurm.version());
  if (isLongRun) await returnWhenDue(config, context);
  return 1;
}

interface Tools {
  readonly log: Log;
  readonly clock: Clock;
  readonly isResumedNow: boolean;
  readonly resumeJobs: ResumeJobs;
}

async function launch(config: Config, targets: Targets, tools: Tools): Promise<Run> {
  const { log, clock } = tools;
  const startedMs = clock.now();
  const slurm = slurmOf(config, log);
  const deadlineSeconds = runDeadlineSeconds(config.runDeadlineSeconds, targets.timers);
  const launchSeconds = launchDeadlineSeconds(deadlineSeconds);
  const signal = AbortSignal.timeout(deadlineSeconds * 1000);
  const launchSignal = await watchPause({
    readPause: () => readPause(config.pauseFile),
    clock,
    signal: AbortSignal.timeout(launchSeconds * 1000),
  });
  const tally = newTally();
  const context = await createContext(config, {
    ...tools,
    tally,
    bootMs: bootLimitSeconds(config.bootLimitSeconds, targets.timers) * 1000,
    slurm,
    retryDelayMs: config.retrySeconds * 1000,
    signal,
    launchSignal,
    launchSeconds,
    lastSignal: AbortSignal.timeout((deadlineSeconds + LAST_TERMINATIONS_SECONDS) * 1000),
  });
  const failed = targets.unknown.map((nodeName) => ({
    nodeName,
    reason: `nodes.json has no such node; run finish, or check the name`,
  }));
  const report = await startNodes(context, { targets: targets.known, failed });
  const count = report.launched.length + report.adopted.length;
  log.info("started nodes", { count, durationMs: clock.now() - startedMs });
  logTally(log, tally);
  return { config, context, hasFailed: report.failed.length > 0 };
}

/** Whoever calls it by hand is told, and nothing is done: Slurm has not asked for these nodes. */
function refuseByHand({ stderr }: ProgramInput, pause: Pause): ExitCode {
  stderr.write(
    `startnode: ${pauseSentence(pause)}; nothing was launched. 'citc resume' ends the pause\n`,
  );
  return 1;
}

/** After a run's deadline, for the instances of nodes that Slurm has given up. */
const LAST_TERMINATIONS_SECONDS = 30;

type Connections = {
  readonly lastSignal: AbortSignal;
  readonly tally: RequestTally;
  readonly bootMs: number;
} & Pick<
  StartContext,
  | "slurm"
  | "log"
  | "clock"
  | "signal"
  | "launchSignal"
  | "launchSeconds"
  | "isResumedNow"
  | "resumeJobs"
  | "retryDelayMs"
>;

/** @throws OciAuthError, CommandError: then no node of this run will come */
async function createContext(config: Config, connections: Connections): Promise<StartContext> {
  const { createProvider } = await import("./oci-context.ts");
  const provider = await createProvider(config, await loadLaunchSettings(config), connections);
  return {
    ...connections,
    instances: provider,
    addresses: provider,
    launches: provider,
    memory: createMemory(config, connections),
    doomedJobs: new DoomedJobs(connections.resumeJobs),
    watchMs: config.watchSeconds * 1000,
    clusterId: config.clusterId,
    concurrency: config.launchConcurrency,
  };
}

function createMemory(config: Config, connections: Connections): CapacityMemory {
  const { clock, log } = connections;
  return new CapacityMemory({
    store: capacityFileOf(config),
    log,
    nowMs: () => clock.now(),
    capacityCoolDownMs: config.capacityCoolDownSeconds * 1000,
    limitCoolDownMs: config.limitCoolDownSeconds * 1000,
    imageOcid: config.imageOcid,
    bootMs: connections.bootMs,
  });
}

async function printRequests(
  { stdout, stderr }: ProgramInput,
  config: Config,
  targets: Targets,
): Promise<ExitCode> {
  const settings = await loadLaunchSettings(config);
  const requests = targets.known.map(({ nodeName, specification }) => {
    const [placement] = rankPlacements(nodeName, specification);
    if (placement === undefined) throw new Error(`no placement for ${nodeName}`);
    // The token of a node's first launch: what earlier instances there are is not asked here.
    const token = retryToken({
      clusterId: config.clusterId,
      nodeName,
      placement,
      newestEarlierInstanceOcid: undefined,
      attempt: 0,
    });
    const request = { nodeName, specification, placement, retryToken: token };
    return { opcRetryToken: token, launchInstanceDetails: launchDetails(settings, request) };
  });
  stdout.write(`${JSON.stringify(requests, null, 2)}\n`);
  for (const name of targets.unknown) {
    stderr.write(
      `startnode: nodes.json (${config.nodesFile}) has no node ${name}; run finish, or check the name\n`,
    );
  }
  return targets.unknown.length === 0 ? 0 : 1;
}
