import type { Generation } from "../domain/generation.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import { timerWarnings } from "../domain/timer-warnings.ts";
import { withFileLock } from "../files/file-lock.ts";
import type { GenerationPaths } from "../files/generation.ts";
import { unifiedDiff } from "../files/unified-diff.ts";
import { applyGeneration } from "./apply-generation.ts";
import { describeHarm, describeRefusal } from "./await-waking-jobs.ts";
import type { FinishContext, FinishOptions, FinishOutcome } from "./finish-context.ts";
import { reportGroup, reportRetiring } from "./finish-report.ts";
import type { FinishReport } from "./finish-report.ts";
import { awaitHarmless, generationWith, observeSituation } from "./finish-situation.ts";
import type { Situation } from "./finish-situation.ts";
import type { Observation } from "./observe-cluster.ts";
import { describeUnready } from "./readiness.ts";
import { readClusterPlan } from "./read-cluster-plan.ts";
import { nodesToReturn } from "./retire-nodes.ts";
import { drainAndDecide } from "./drain-leaving.ts";
import type { Retirement } from "./retire-nodes.ts";
import { differenceOf } from "./tell-slurmctld.ts";
import type { ConfiguringJob, SlurmNode } from "../slurm/control.ts";

/** A run takes seconds, with a slow slurmctld minutes. */
const LOCK_WAIT_SECONDS_MAX = 30;

/**
 * Turns limits.yaml into a generation of files and makes slurmctld run with it, without losing a running job or a
 * node that is on. It observes, decides, acts, and may be killed at any point: the next run finishes the work.
 * @throws SlurmCommandError, NodeUpdateError, OciCallError, FileLockError
 */
export async function finish(
  context: FinishContext,
  options: FinishOptions,
): Promise<FinishOutcome> {
  const { config, hostName } = context;
  const unready = await describeUnready({
    finalisedDirectory: config.finalisedDirectory,
    hostName,
  });
  if (unready !== undefined) {
    return { kind: "not-ready", message: unready };
  }
  if (options.isDryRun) {
    return configure(context, options);
  }
  const lock = {
    file: context.lockFile,
    waitSecondsMax: LOCK_WAIT_SECONDS_MAX,
    holder: "another finish is running",
    onWait: (processId: number | undefined) => {
      const whose = processId === undefined ? "" : ` (pid ${processId})`;
      context.progress(`waiting for another finish${whose} to end`);
    },
  };
  return withFileLock(lock, () => configure(context, options));
}

async function configure(context: FinishContext, options: FinishOptions): Promise<FinishOutcome> {
  const plan = await readClusterPlan(context, options.limitsFile);
  if (plan.kind === "invalid") {
    return { kind: "invalid", problems: plan.problems };
  }
  const first = await observeSituation(context, plan.value);
  // Checked with all leaving nodes in their places, before the first of them is drained.
  const cautious = generationWith(context, first, first.leaving);
  const verdict = await context.checkSlurmConf(cautious.files["slurm.conf"]);
  if (verdict.kind === "invalid") {
    const place = describePlace(first, cautious.files["slurm.conf"], verdict.line);
    const where = place === undefined ? "" : ` (${options.limitsFile}:${place})`;
    const message = `Slurm refuses what would be written: ${verdict.message}${where}`;
    return { kind: "refused", message };
  }
  const isNow = options.isNow || options.isDryRun;
  const { situation, jobs } = await awaitHarmless(context, first, { isNow });
  if (jobs.length > 0 && !isNow) {
    return { kind: "refused", message: describeRefusal(jobs) };
  }
  return decideAndAct(context, situation, { jobs, isDryRun: options.isDryRun });
}

/** Where limits.yaml has the nodes of a line of slurm.conf; undefined when the line is none of a shape. */
function describePlace(
  { plan }: Situation,
  slurmConf: string,
  line: number | undefined,
): string | undefined {
  const text = slurmConf.split("\n")[(line ?? 0) - 1] ?? "";
  const group = plan.groups.find(({ names }) => text.startsWith(`NodeName=${names} `));
  return group && `${group.limitsLine}: look at the slurm_options of ${group.specification.shape}`;
}

interface Permission {
  /** Their nodes are waking, and slurmctld is restarted all the same. */
  readonly jobs: readonly ConfiguringJob[];
  readonly isDryRun: boolean;
}

async function decideAndAct(
  context: FinishContext,
  situation: Situation,
  { jobs, isDryRun }: Permission,
): Promise<FinishOutcome> {
  const { drained, retirement } = await drainAndDecide(
    context,
    situation.leaving,
    situation.observation.nodes,
    isDryRun,
  );
  const strays = straysOf(situation, retirement);
  if (strays.length > 0) {
    return { kind: "refused", message: describeStrays(strays, situation.paths) };
  }
  const kept = retirement.retiring.map(({ name }) => name);
  const next = generationWith(context, situation, kept);
  const returning = nodesToReturn(
    situation.comparison.wanted,
    situation.observation.nodes ?? new Map(),
  );
  const warnings = [
    ...(jobs.length === 0 ? [] : [describeHarm(jobs)]),
    ...timerWarnings(situation.limits, context.config),
  ];
  const report = makeReport(situation, { next, drained, retirement, returning, warnings });
  if (isDryRun) {
    return { kind: "planned", report, diff: await diffOf(situation, next) };
  }
  return act(context, situation, { next, retirement, returning, report });
}

/** Nodes whose line must stay and cannot be written again, because nodes.json does not tell what it was. */
function straysOf({ comparison }: Situation, { retiring }: Retirement): readonly string[] {
  const known = new Set(comparison.leaving);
  return retiring.filter(({ name }) => !known.has(name)).map(({ name }) => name);
}

function describeStrays(strays: readonly string[], { files }: GenerationPaths): string {
  return [
    `${files["slurm.conf"]} has nodes that are neither in the limits nor in ${files["nodes.json"]},`,
    `and they are on or run jobs: ${compressHostlist(strays)}.`,
    "They were drained; run finish again when they are powered down, or add them to the limits.",
  ].join(" ");
}

interface Decision {
  readonly next: Generation;
  readonly retirement: Retirement;
  readonly returning: readonly string[];
}

function makeReport(
  { comparison, observation, held, limits }: Situation,
  {
    next,
    drained,
    retirement,
    returning,
    warnings,
  }: Decision & Pick<FinishReport, "warnings"> & { readonly drained: readonly string[] },
): FinishReport {
  return {
    generation: next.id,
    slurmVersion: observation.version.text,
    groups: comparison.groups.map((group) => reportGroup(group, held)),
    drained: compressHostlist(drained),
    retiring: reportRetiring(retirement.retiring),
    dropped: compressHostlist(retirement.dropped),
    returned: compressHostlist(returning),
    keptPartitions: (next.nodesFile.partitions ?? [])
      .map(({ name }) => name)
      .filter((name) => !limits.partitions.some((partition) => partition.name === name)),
    warnings,
  };
}

async function diffOf({ observation }: Situation, { files }: Generation): Promise<string> {
  return unifiedDiff(
    (["slurm.conf", "gres.conf", "nodes.json"] as const).map((name) => ({
      name,
      before: observation.current[name],
      after: files[name],
    })),
  );
}

async function act(
  context: FinishContext,
  situation: Situation,
  { next, retirement, report }: Decision & { readonly report: FinishReport },
): Promise<FinishOutcome> {
  const { observation, comparison, paths } = situation;
  const retiring = retirement.retiring.map(({ name }) => name);
  const expected = {
    present: new Set([...comparison.wanted, ...retiring]),
    absent: retirement.dropped,
  };
  const isTold = isUpToDate(observation, next, expected);
  const applied = isTold
    ? undefined
    : await applyGeneration(context, { paths, observation, next, expected });
  if (applied?.kind === "rolled-back") {
    return applied;
  }
  // Looked at again: a node that is new on its line may still have the drain of an earlier life in Slurm's state.
  const nodes = applied?.nodes ?? observation.nodes ?? new Map<string, SlurmNode>();
  const returning = nodesToReturn(comparison.wanted, nodes);
  if (returning.length > 0) {
    context.progress(`returning ${returning.length} nodes to service`);
    await context.slurm.returnToService(returning);
  }
  const hasActed = !isTold || returning.length > 0 || report.drained !== "";
  return {
    kind: hasActed ? "configured" : "unchanged",
    report: { ...report, returned: compressHostlist(returning) },
  };
}

/** True when slurmctld runs with exactly these files: a killed run may have written them and told nobody. */
function isUpToDate(
  { current, isInUse, nodes }: Observation,
  { files }: Generation,
  expected: Parameters<typeof differenceOf>[1],
): boolean {
  const isSame = Object.entries(files).every(
    ([name, text]) => current[name as keyof typeof current] === text,
  );
  const isKnown = nodes !== undefined && differenceOf(nodes, expected) === undefined;
  return isSame && isInUse && isKnown;
}
