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
import { BootNotes } from "../../files/boot-notes.ts";
import { ConsoleDirectory } from "../../files/console-directory.ts";
import { capacityFileOf } from "../capacity-file.ts";
import { loadNodesFile } from "../load-targets.ts";
import { newTally, type RequestTally } from "../request-tally.ts";
import { slurmOf, type SlurmBounds } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";

/** Of one pass: the timer starts no second one beside it, and a pass that hangs must end. */
const PASS_DEADLINE_MS = 300_000;
/** Beyond that, for what must not be left behind at OCI: a capture of a console is deleted, a termination is told. */
const LAST_CALLS_MS = 30_000;

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
  const local = localSideOf(config, file, log);
  const { cloudOf, createClientSettings } = await import("../oci-context.ts");
  const lastSignal = AbortSignal.timeout(PASS_DEADLINE_MS + LAST_CALLS_MS);
  const tools = { clock: systemClock, log, signal, lastSignal, tally };
  const clients = await createClientSettings(config, tools);
  return {
    ...local,
    ...cloudOf(clients, config, tools),
    consoleFiles: new ConsoleDirectory(config.consoleDirectory, systemClock),
    log,
    concurrency: config.launchConcurrency,
    retryDelayMs: config.retrySeconds * 1000,
    breaker: {
      failuresMax: config.bootFailuresMax,
      coolDownMs: config.bootCoolDownSeconds * 1000,
    },
    imageOf: (name) => {
      const specification = local.specifications.get(name);
      return specification && (specification.imageOcid ?? config.imageOcid);
    },
  };
}

/** What the settings, nodes.json and Slurm have of a cluster. */
export function localSideOf(config: Config, file: NodesFile, log: Log, bounds?: SlurmBounds) {
  return {
    specifications: indexNodes(file),
    claims: claimsOf(file),
    notes: new BootNotes(config.finalisedDirectory),
    limits: limitsOf(config, file),
    capacity: capacityFileOf(config),
    slurm: slurmOf(config, log, bounds),
    clock: systemClock,
  };
}

/** What nodes.json says of each of its names. */
function claimsOf({ groups }: NodesFile): ReadonlyMap<string, Claim> {
  return new Map(
    groups.flatMap((group) =>
      expandedNames(group).map((name) => [name, group.isRetired === true ? "retired" : "wanted"]),
    ),
  );
}

/** What the settings and nodes.json say of time. */
function limitsOf(config: Config, { timers }: NodesFile): ReconcileLimits {
  return {
    orphanGraceMs: config.orphanGraceSeconds * 1000,
    bootLimitMs: bootLimitSeconds(config.bootLimitSeconds, timers) * 1000,
    runDeadlineMs: config.runDeadlineSeconds * 1000,
  };
}
