import type { ObserveContext } from "../../commands/reconcile/observe.ts";
import type { ActContext } from "../../commands/reconcile/act.ts";
import type { Config } from "../../domain/config.ts";
import { expandedNames } from "../../domain/group-names.ts";
import type { NodesFile } from "../../domain/launch-specification.ts";
import type { Log } from "../../domain/log.ts";
import type { Claim, ReconcileLimits } from "../../domain/reconcile/sight.ts";
import { ConsoleDirectory } from "../../files/console-directory.ts";
import { createScontrol } from "../../slurm/scontrol.ts";
import { launchSettingsOf } from "../launch-settings.ts";
import { loadNodesFile } from "../load-targets.ts";
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
  signal = AbortSignal.timeout(PASS_DEADLINE_MS),
): Promise<ObserveContext & ActContext> {
  const file = await loadNodesFile(config);
  const { createProvider, createInspection } = await import("../oci-context.ts");
  const tools = { clock: systemClock, log, signal };
  const provider = await createProvider(config, launchSettingsOf(config, {}), tools);
  const inspection = await createInspection(config, tools);
  const { slurmBinDirectory: binDirectory, slurmConf } = config;
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

/** Slurm's own default (slurm.conf(5)), should nodes.json be of an earlier nodectl. */
const RESUME_TIMEOUT_SECONDS = 60;

/** A node that does not register is replaced before Slurm gives it up, so that its console can still be read. */
const BOOT_SHARE = 0.8;

/** What the settings and nodes.json say of time. */
export function limitsOf(config: Config, { timers }: NodesFile): ReconcileLimits {
  const resumeSeconds = timers?.resumeTimeoutSeconds ?? RESUME_TIMEOUT_SECONDS;
  const bootSeconds = config.bootLimitSeconds ?? resumeSeconds * BOOT_SHARE;
  return {
    orphanGraceMs: config.orphanGraceSeconds * 1000,
    bootLimitMs: bootSeconds * 1000,
    runDeadlineMs: config.runDeadlineSeconds * 1000,
  };
}
