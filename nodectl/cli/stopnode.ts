import { findVictims, stopNodes } from "../commands/stop-nodes.ts";
import { tendPersistently } from "../commands/tend-nodes.ts";
import type { Config } from "../domain/config.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { NodesFile } from "../domain/launch-specification.ts";
import type { Log } from "../domain/log.ts";
import { indexNodes } from "../domain/nodes-file.ts";
import { runDeadlineSeconds, tendSeconds } from "../domain/run-deadline.ts";
import type { Instance, InstanceControl } from "../oci/provider.ts";
import { createCommandLog } from "./command-log.ts";
import { nodeNamesOf } from "./host-arguments.ts";
import { loadConfig } from "./load.ts";
import { inTime } from "./in-time.ts";
import { loadNodesFile } from "./load-targets.ts";
import { launchSettingsOf } from "./launch-settings.ts";
import type { RunTools } from "./oci-context.ts";
import { openLog } from "./open-log.ts";
import { parseOptions } from "./options.ts";
import { PATH_HELP, PATH_OPTIONS, pathsOf } from "./path-options.ts";
import { logTally, newTally } from "./request-tally.ts";
import { reportFatal, type FatalPaths } from "./report-fatal.ts";
import { CommandError, type ExitCode, type Program, type ProgramInput } from "./run.ts";
import { slurmOf } from "./slurm.ts";
import { systemClock } from "./system-clock.ts";

const HELP = `Usage: stopnode [options] HOSTLIST

Terminates the OCI instance behind each named node. Slurm calls it
(SuspendProgram) when nodes have been idle for SuspendTime; by hand it does the
same. Only instances with this cluster's tags are touched. Safe to repeat: a
node without an instance is a success.

  HOSTLIST                  node names as Slurm writes them:
                            'vm-standard2-1-ad1-[0001-0003]'

Options:
  --dry-run                 print the instances that would be terminated as
                            JSON, say which nodes have none, and terminate
                            nothing
${PATH_HELP}
  --help

Exit status: 0 no named node has an instance any more (--dry-run: would have);
1 some could not be terminated or are unknown; 2 the command line is wrong.
`;

/** The executable that Slurm calls as SuspendProgram. */
export const stopnode: Program = async (input) => {
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
    return await printVictims(input, await loadConfig(values), nodeNames);
  }
  let paths: FatalPaths = pathsOf(values);
  try {
    const config = await loadConfig(values);
    paths = config;
    const log = openLog("stopnode", config, input);
    const request = { nodeNames, plan: await readPlan(config), log };
    // At once: a node that failed must be DOWN again before it is off. Neither may keep the other from its work.
    const tended = tend(config, request);
    const stopped = stop(config, request);
    await Promise.allSettled([tended, stopped]);
    const exitCode = await stopped;
    await tended;
    return exitCode;
  } catch (error) {
    reportFatal("stopnode", input, paths, error);
    throw error;
  }
};

interface Request {
  readonly nodeNames: readonly string[];
  readonly plan: Plan;
  readonly log: Log;
}

async function tend(config: Config, { nodeNames, plan, log }: Request): Promise<void> {
  const clock = systemClock;
  const deadlineMs = tendSeconds(plan.file?.timers) * 1000;
  const slurm = slurmOf(config, log, { deadlineMs });
  await tendPersistently({ slurm, clock, log }, new Set(nodeNames), clock.now() + deadlineMs);
}

async function stop(config: Config, { nodeNames, plan, log }: Request): Promise<ExitCode> {
  const startedMs = systemClock.now();
  const seconds = runDeadlineSeconds(config.runDeadlineSeconds, plan.file?.timers);
  const signal = AbortSignal.timeout(seconds * 1000);
  const tally = newTally();
  const context = {
    instances: await createInstances(config, { log, signal, tally }),
    signal,
    clock: systemClock,
    log,
    concurrency: config.launchConcurrency,
  };
  // A name that finish has dropped since may still have an instance, and that instance costs money.
  const report = await stopNodes(context, nodeNames);
  for (const node of report.absent) log.info("node has no instance", { node });
  const lost = unknownOf(plan, report.absent, log);
  for (const node of lost) log.error("no such node", { node, reason: "check the name" });
  log.info("stopped nodes", {
    count: report.stopped.length,
    durationMs: systemClock.now() - startedMs,
  });
  logTally(log, tally);
  return report.failed.length + lost.length === 0 ? 0 : 1;
}

async function createInstances(
  config: Config,
  tools: Omit<RunTools, "clock">,
): Promise<InstanceControl> {
  const { createProvider } = await import("./oci-context.ts");
  // Nothing is launched here, so the files that a launch needs are not read.
  return createProvider(config, launchSettingsOf(config, {}), { clock: systemClock, ...tools });
}

async function printVictims(
  { stdout, stderr, pid }: ProgramInput,
  config: Config,
  nodeNames: readonly string[],
): Promise<ExitCode> {
  // The log file tells what was done, and nothing is done here.
  const log = createCommandLog({ program: "stopnode", stream: stderr, clock: systemClock, pid });
  const signal = AbortSignal.timeout(config.runDeadlineSeconds * 1000);
  const control = await createInstances(config, { log, signal });
  const { instances, absent } = await findVictims(control, nodeNames);
  stdout.write(`${JSON.stringify(instances.map(describeInstance), null, 2)}\n`);
  const lost = absent.length === 0 ? [] : unknownOf(await readPlan(config), absent, log);
  const known = absent.filter((name) => !lost.includes(name));
  if (known.length > 0) stderr.write(`stopnode: no instance: ${compressHostlist(known)}\n`);
  if (lost.length > 0) {
    stderr.write(`stopnode: no such node, check the name: ${compressHostlist(lost)}\n`);
  }
  return lost.length === 0 ? 0 : 1;
}

/** In OCI's words, where it has them. */
function describeInstance(instance: Instance): Record<string, string> {
  const { nodeName, instanceOcid, lifecycleState, shape, availabilityDomain } = instance;
  const timeCreated = new Date(instance.timeCreatedMs).toISOString();
  return { node: nodeName, instanceOcid, lifecycleState, shape, availabilityDomain, timeCreated };
}

/** nodes.json tells Slurm's timers and the names; or why it cannot be read. */
type Plan = { readonly file: NodesFile } | { readonly file?: undefined; readonly reason: string };

/** Without nodes.json instances must end all the same, also when the file server hangs. */
async function readPlan(config: Config): Promise<Plan> {
  try {
    return { file: await inTime(loadNodesFile(config), systemClock) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { reason: error.message };
  }
}

/** Only for the message. */
function unknownOf(plan: Plan, nodeNames: readonly string[], log: Log): readonly string[] {
  if (nodeNames.length === 0) return [];
  if (plan.file === undefined) {
    log.warn("could not read nodes.json", { reason: plan.reason });
    return [];
  }
  const known = indexNodes(plan.file);
  return nodeNames.filter((name) => !known.has(name));
}
