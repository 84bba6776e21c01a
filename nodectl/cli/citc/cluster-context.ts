import type { ObserveContext } from "../../commands/reconcile/observe.ts";
import type { BootContext } from "../../commands/reconcile/boots.ts";
import type { ActContext } from "../../commands/reconcile/act.ts";
import { bootLimitSeconds } from "../../domain/boot-limit.ts";
import type { Config } from "../../domain/config.ts";
import { expandedNames } from "../../domain/group-names.ts";
import type { NodesFile } from "../../domain/launch-specification.ts";
import { indexNodes } from "../../domain/nodes-file.ts";
import type { Log } from "../../domain/log.ts";
import type { Claim, ReconcileLimits } from "../../domain/reconcile/sight.ts";
import { CapacityFile } from "../../files/capacity-file.ts";
import { ConsoleDirectory } from "../../files/console-directory.ts";
import { createScontrol } from "../../slurm/scontrol.ts";
import { launchSettingsOf } from "../launch-settings.ts";
import { loadNodesFile } from "../load-targets.ts";
import { newTally, type RequestTally } from "../request-tally.ts";
import { systemClock } from "../system-clock.ts";

/** One pass has a minute before the next one. */
const PASS_DEADLINE_MS = 300_000;

/**
 * Both sides of a cluster, for the commands that look at them.
 * @throws CommandError when nodes.json cannot be used, OciAuthError
 */
export async function createClusterContext(
  config: Config,
  log: Log,
  {
    signal = AbortSignal.timeout(PASS_DEADLINE_MS),
    tally = newTally(),
  }: { readonly signal?: AbortSignal; readonly tally?: RequestTally } = {},
): Promise<ObserveContext & ActContext & BootContext> {
  const file = await loadNodesFile(config);
  const { createProvider, createInspection } = await import("../oci-context.ts");
  const tools = { clock: systemClock, log, signal, tally };
  const provider = await createProvider(config, launchSettingsOf(config, {}), tools);
  const inspection = await createInspection(config, tools);
  const { slurmBinDirectory: binDirectory, slurmConf } = config;
  const specifications = indexNodes(file);
  return {
    instances: provider,
    addressBook: provider,
    ...inspection,
    consoleFiles: new ConsoleDirectory(config.consoleDirectory, systemClock),
    slurm: createScontrol({ binDirectory, slurmConf, clock: systemClock, log }),
    claims: claimsOf(file),
    limits: limitsOf(config, file),
    clock: systemClock,
    log,
    concurrency: config.launchConcurrency,
    retryDelayMs: config.retrySeconds * 1000,
    capacity: new CapacityFile({
      file: config.capacityFile,
      logFile: config.logFile,
      nowMs: () => systemClock.now(),
    }),
    breaker: {
      failuresMax: config.bootFailuresMax,
      coolDownMs: config.bootCoolDownSeconds * 1000,
    },
    imageOf: (name) => {
      const specification = specifications.get(name);
      return specification && (specification.imageOcid ?? config.imageOcid);
    },
  };
}

/** What nodes.json says of each of its names. */
export function claimsOf({ groups }: NodesFile): ReadonlyMap<string, Claim> {
  return new Map(
    groups.flatMap((group) =>
      expandedNames(group).map((name) => [name, group.isRetired === true ? "retired" : "wanted"]),
    ),
  );
}

/** What the settings and nodes.json say of time. */
export function limitsOf(config: Config, { timers }: NodesFile): ReconcileLimits {
  return {
    orphanGraceMs: config.orphanGraceSeconds * 1000,
    bootLimitMs: bootLimitSeconds(config.bootLimitSeconds, timers) * 1000,
    runDeadlineMs: config.runDeadlineSeconds * 1000,
  };
}
