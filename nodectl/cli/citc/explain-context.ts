import type { ExplainContext, Readable } from "../../commands/explain.ts";
import { readPause } from "../../commands/pause.ts";
import { observe } from "../../commands/reconcile/observe.ts";
import { RESUME_TIMEOUT_SECONDS } from "../../domain/boot-limit.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { formatProblem } from "../../domain/problem.ts";
import { parseMemory } from "../../domain/reconcile/memory.ts";
import { readLogTail } from "../../files/log-tail.ts";
import { StateFile } from "../../files/state-file.ts";
import { OciAuthError } from "../../oci/oci-auth-error.ts";
import { OciCallError } from "../../oci/oci-errors.ts";
import { capacityFileOf } from "../capacity-file.ts";
import { readNodesFile } from "../load-targets.ts";
import { CommandError } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";
import { createClusterContext } from "./cluster-context.ts";
import type { ExplainSettings, PublicSettings } from "./explain-settings.ts";

/** A person waits: a list of a thousand instances takes two seconds. */
const OCI_DEADLINE_MS = 20_000;
/** One call of these; the settings' call_deadline_seconds is for runs that nobody waits for. */
const OCI_CALL_SECONDS_MAX = 10;
/** A slurmctld that restarts is worth a moment; one that is away is the answer. */
const SLURM_BOUNDS = { deadlineMs: 5_000, commandTimeoutMs: 15_000 };

/** Everything that explain looks at. What may not be read, or does not answer, is told as a reason. */
export function createExplainContext(given: ExplainSettings, log: Log): ExplainContext {
  const settings = given.kind === "all" ? given.config : given.settings;
  const slurm = slurmOf(settings, log, SLURM_BOUNDS);
  const capacity = capacityFileOf(settings);
  return {
    slurm,
    ...(given.kind === "all" && { observe: () => observeWith(given.config, slurm, log) }),
    readPlan: () => readPlan(settings),
    readCapacity: () => orReason(() => capacity.read(), "what OCI refused lately"),
    capacityFile: settings.capacityFile,
    userDataFile: settings.userDataFile,
    ...(given.kind === "all" && { imageOcid: given.config.imageOcid }),
    readPause: () => readPause(settings.pauseFile),
    readLog: () => orReason(() => readLogTail(settings.logFile), "the log"),
    bootMs: settings.assumedBootSeconds * 1000,
    clock: systemClock,
    unseen: given.kind === "all" ? [] : [notAdmin(given.file)],
  };
}

function notAdmin(file: string): string {
  return `You may not read ${file}, so that OCI was not asked, and this is what Slurm and the cluster's files tell; an admin sees more with sudo.`;
}

type Observed = Awaited<ReturnType<NonNullable<ExplainContext["observe"]>>>;

async function observeWith(
  config: Config,
  slurm: ExplainContext["slurm"],
  log: Log,
): Promise<Observed> {
  const signal = AbortSignal.timeout(OCI_DEADLINE_MS);
  try {
    return await observeCluster(config, { slurm, log, signal });
  } catch (error) {
    if (isExpected(error)) return unread(`OCI could not be asked: ${error.message}`);
    if (!signal.aborted) throw error;
    return unread(`OCI did not answer within ${OCI_DEADLINE_MS / 1000} s: ${String(error)}`);
  }
}

async function observeCluster(
  config: Config,
  { slurm, log, signal }: Pick<ExplainContext, "slurm"> & { log: Log; signal: AbortSignal },
): Promise<Observed> {
  const callDeadlineSeconds = Math.min(config.callDeadlineSeconds, OCI_CALL_SECONDS_MAX);
  const cluster = await createClusterContext({ ...config, callDeadlineSeconds }, log, { signal });
  const memory = parseMemory(await new StateFile(config.reconcileFile).read());
  const seen = await observe({ ...cluster, slurm }, memory);
  return seen.kind === "seen" ? { kind: "read", value: seen } : unread(seen.reason);
}

function isExpected(error: unknown): error is Error {
  return [CommandError, OciAuthError, OciCallError].some((expected) => error instanceof expected);
}

async function readPlan(settings: PublicSettings): ReturnType<ExplainContext["readPlan"]> {
  const file = await readNodesFile(settings);
  if (file.kind === "invalid") {
    const [problem] = file.problems;
    return unread(
      problem === undefined ? `${settings.nodesFile} is not usable` : formatProblem(problem),
    );
  }
  const { groups, partitions = [], timers } = file.value;
  const resumeTimeoutSeconds = timers?.resumeTimeoutSeconds ?? RESUME_TIMEOUT_SECONDS;
  return { kind: "read", value: { groups, partitions, resumeTimeoutSeconds } };
}

async function orReason<Value>(read: () => Promise<Value>, what: string): Promise<Readable<Value>> {
  try {
    return { kind: "read", value: await read() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return unread(`Without ${what}: ${message}`);
  }
}

function unread(reason: string): { readonly kind: "unread"; readonly reason: string } {
  return { kind: "unread", reason };
}
