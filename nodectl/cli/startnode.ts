import { CapacityMemory } from "../commands/capacity-memory.ts";
import { markDown } from "../commands/mark-down.ts";
import { startNodes, type StartContext } from "../commands/start-nodes.ts";
import type { Clock } from "../domain/clock.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import { DoomedJobs } from "../domain/doomed-jobs.ts";
import { rankPlacements } from "../domain/placement.ts";
import { retryToken } from "../domain/retry-token.ts";
import { runDeadlineSeconds } from "../domain/run-deadline.ts";
import { CapacityFile } from "../files/capacity-file.ts";
import { launchDetails } from "../oci/launch-details.ts";
import { createScontrol } from "../slurm/scontrol.ts";
import { openLog } from "./open-log.ts";
import { nodeNamesOf } from "./host-arguments.ts";
import { loadConfig } from "./load.ts";
import { loadTargets, type Targets } from "./load-targets.ts";
import { loadLaunchSettings } from "./launch-settings.ts";
import { parseOptions } from "./options.ts";
import { PATH_HELP, PATH_OPTIONS, pathsOf } from "./path-options.ts";
import { reportFatalStart, type FatalPaths } from "./report-fatal.ts";
import type { ExitCode, Program, ProgramInput } from "./run.ts";
import { systemClock } from "./system-clock.ts";

const HELP = `Usage: startnode [options] HOSTLIST

Launches the OCI instance behind each named node and reports its address to Slurm. Slurm calls it
(ResumeProgram) when jobs need nodes; by hand it does the same. Safe to repeat: an instance that is
there already is adopted. What is launched for a name stands in nodes.json, which finish writes.

  HOSTLIST                  node names as Slurm writes them: 'vm-standard2-1-ad1-[0001-0003]'

Options:
  --dry-run                 print the LaunchInstance requests as JSON and send nothing
${PATH_HELP}
  --help

Exit status: 0 all nodes have an instance; 1 some have none (the reason is in the log, and Slurm has
set those that it was waking DOWN); 2 the command line is wrong.
`;

/** The executable that Slurm calls as ResumeProgram. */
export const startnode: Program = async (input) => {
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
  try {
    const config = await loadConfig(values);
    paths = config;
    const targets = await loadTargets(config, nodeNames);
    const log = openLog("startnode", config, input);
    const isResumedNow = input.resumeFile !== undefined;
    return await launch(config, targets, { log, clock: systemClock, isResumedNow });
  } catch (error) {
    await reportFatalStart(input, paths, nodeNames, error);
    throw error;
  }
};

interface Tools {
  readonly log: Log;
  readonly clock: Clock;
  readonly isResumedNow: boolean;
}

async function launch(
  config: Config,
  targets: Targets,
  { log, clock, isResumedNow }: Tools,
): Promise<ExitCode> {
  const startedMs = clock.now();
  const slurm = createScontrol({
    binDirectory: config.slurmBinDirectory,
    slurmConf: config.slurmConf,
    clock,
    log,
  });
  const deadlineSeconds = runDeadlineSeconds(config.runDeadlineSeconds, targets.timers);
  const signal = AbortSignal.timeout(deadlineSeconds * 1000);
  const unknown = targets.unknown.map((nodeName) => ({
    nodeName,
    reason: `nodes.json has no such node; run finish, or check the name`,
  }));
  const context = await createContext(config, { slurm, log, clock, signal, isResumedNow });
  const report = await startNodes(context, targets.known);
  await markDown({ slurm, log }, unknown);
  const count = report.launched.length + report.adopted.length;
  log.info("started nodes", { count, durationMs: clock.now() - startedMs });
  return report.failed.length + unknown.length === 0 ? 0 : 1;
}

type Connections = Pick<StartContext, "slurm" | "log" | "clock" | "signal" | "isResumedNow">;

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
    doomedJobs: new DoomedJobs([]),
    watchMs: config.watchSeconds * 1000,
    clusterId: config.clusterId,
    concurrency: config.launchConcurrency,
  };
}

function createMemory(config: Config, { clock, log }: Connections): CapacityMemory {
  const nowMs = (): number => clock.now();
  return new CapacityMemory({
    store: new CapacityFile(config.capacityFile, nowMs),
    log,
    nowMs,
    capacityCoolDownMs: config.capacityCoolDownSeconds * 1000,
    limitCoolDownMs: config.limitCoolDownSeconds * 1000,
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
