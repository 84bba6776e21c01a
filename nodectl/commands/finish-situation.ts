import type { ClusterPlan } from "../domain/cluster-plan.ts";
import { buildGeneration } from "../domain/generation.ts";
import type { Generation } from "../domain/generation.ts";
import { retiredGroups } from "../domain/retired-groups.ts";
import { generationPaths } from "../files/generation.ts";
import type { GenerationPaths } from "../files/generation.ts";
import { tellingFor } from "./apply-generation.ts";
import { awaitWakingJobs, WAKING_WAIT_MS_MAX } from "./await-waking-jobs.ts";
import { compareGroups } from "./compare-groups.ts";
import type { Comparison } from "./compare-groups.ts";
import { drainAndDecide } from "./drain-leaving.ts";
import type { FinishContext } from "./finish-context.ts";
import { nodesToHold, planWithHeld, planWithKeptPartitions } from "./hold-changes.ts";
import { cloudNodesOf, observeCluster } from "./observe-cluster.ts";
import type { Observation } from "./observe-cluster.ts";
import type { ConfiguringJob } from "../slurm/control.ts";
/** Everything that a run knows before it acts. */
export interface Situation {
  /** What the limits ask for. */
  readonly limits: ClusterPlan;
  /** The same, with what must stay for now. */
  readonly plan: ClusterPlan;
  readonly observation: Observation;
  readonly comparison: Comparison;
  /** Changed in the limits, and on. */
  readonly held: ReadonlySet<string>;
  /** No longer in the limits: those of nodes.json, and cloud nodes of slurm.conf that nodes.json does not tell of. */
  readonly leaving: readonly string[];
  readonly paths: GenerationPaths;
}

export async function observeSituation(
  context: FinishContext,
  plan: ClusterPlan,
): Promise<Situation> {
  const paths = generationPaths(context.config.slurmDirectory, context.config.nodesFile);
  const observation = await observeCluster(context, paths);
  const comparison = compareGroups(plan.groups, observation.nodesFile?.groups ?? []);
  const onLines = cloudNodesOf(observation.current["slurm.conf"]);
  const leaving = new Set([...comparison.leaving, ...onLines]);
  const held = nodesToHold(comparison, observation.nodes);
  return {
    plan: planWithKeptPartitions(
      planWithHeld(plan, comparison, held),
      observation.nodesFile,
      observation.partitionsWithJobs,
    ),
    limits: plan,
    observation,
    comparison,
    held,
    leaving: [...leaving].filter((name) => !comparison.wanted.has(name)),
    paths,
  };
}

/** What would be written when these of the leaving nodes keep their lines. */
export function generationWith(
  { config }: FinishContext,
  { plan, observation }: Situation,
  kept: readonly string[],
): Generation {
  const { nodesFile, version } = observation;
  return buildGeneration({
    plan,
    clusterId: config.clusterId,
    release: version,
    retired: nodesFile === undefined ? [] : retiredGroups(nodesFile, new Set(kept)),
    previousPartitions: nodesFile?.partitions ?? [],
  });
}

/** A situation to act in, and the jobs that acting may harm. */
export interface Harm {
  readonly situation: Situation;
  readonly jobs: readonly ConfiguringJob[];
}

/**
 * When slurmctld has to be restarted, waits for jobs whose nodes are waking, and looks at everything again afterwards:
 * nodes that were off may be on. It changes nothing. The jobs are those that are still waking at the end.
 */
export async function awaitHarmless(
  context: FinishContext,
  first: Situation,
  { isNow }: { readonly isNow: boolean },
): Promise<Harm> {
  const deadlineMs = context.clock.now() + (isNow ? 0 : WAKING_WAIT_MS_MAX);
  for (let situation = first; ; situation = await observeSituation(context, first.limits)) {
    if (!(await needsRestart(context, situation))) return { situation, jobs: [] };
    const { jobs, hasWaited } = await awaitWakingJobs(context, deadlineMs);
    if (jobs.length > 0 || !hasWaited) return { situation, jobs };
  }
}

/** A slurmctld that does not answer has no jobs to lose, and cannot be asked for them. */
async function needsRestart(context: FinishContext, situation: Situation): Promise<boolean> {
  const { observation, leaving } = situation;
  if (observation.nodes === undefined) return false;
  const isDryRun = true;
  const { retirement } = await drainAndDecide(context, leaving, observation.nodes, isDryRun);
  const kept = retirement.retiring.map(({ name }) => name);
  const next = generationWith(context, situation, kept);
  return tellingFor(observation, next) === "restart-and-reconfigure";
}
