import { errorText } from "../domain/error-text.ts";
import type { Generation } from "../domain/generation.ts";
import { cloudNodesOf, startLinesOf } from "./observe-cluster.ts";
import type { Observation } from "./observe-cluster.ts";
import { markInUse, readPreviousGeneration, writeGeneration } from "../files/generation.ts";
import type { GenerationPaths } from "../files/generation.ts";
import type { FinishContext } from "./finish-context.ts";
import { chooseTelling, tellSlurmctld } from "./tell-slurmctld.ts";
import type { ExpectedNodes, TakeUp, Telling } from "./tell-slurmctld.ts";

export interface Application {
  readonly paths: GenerationPaths;
  readonly observation: Observation;
  readonly next: Generation;
  readonly expected: ExpectedNodes;
}

export type Applied =
  | Extract<TakeUp, { kind: "taken-up" }>
  /** The generation did not stay; the message says why, and what is the matter now. */
  | { readonly kind: "rolled-back"; readonly message: string };

/**
 * Puts a generation in place and makes slurmctld run with it. When slurmctld does not, the generation that it ran
 * before comes back.
 */
export async function applyGeneration(
  context: FinishContext,
  application: Application,
): Promise<Applied> {
  const { paths, observation, next, expected } = application;
  const telling = tellingFor(observation, next);
  context.progress(`writing generation ${next.id}`);
  // The way back leads to what slurmctld runs with, also when the run that wrote it was killed before it noted so.
  if (observation.isTaken) await markInUse(paths, observation.current);
  await writeGeneration(paths, next.files);
  const takeUp = await tellAndCatch(context, telling, expected);
  if (takeUp.kind === "taken-up") {
    await markInUse(paths, next.files);
    context.log.info("configured a generation", { action: telling, count: expected.present.size });
    return takeUp;
  }
  context.log.error("slurmctld did not take the generation", { reason: takeUp.complaint });
  const message = await rollBack(context, application, takeUp.complaint);
  return { kind: "rolled-back", message };
}

/** How slurmctld would learn of a generation in the situation that was observed. */
export function tellingFor(observation: Observation, next: Generation): Telling {
  return chooseTelling({
    release: observation.version,
    isAnswering: observation.nodes !== undefined,
    haveStartLinesChanged: haveStartLinesChanged(observation, next),
  });
}

/** Unless slurmctld runs with the files that stand there now, nobody knows which lines it has. */
function haveStartLinesChanged({ current, isTaken }: Observation, next: Generation): boolean {
  const before = startLinesOf(current["slurm.conf"]).join("\n");
  return !isTaken || before !== startLinesOf(next.files["slurm.conf"]).join("\n");
}

/** Whatever goes wrong after the files are written has to end in the generation before, so nothing may escape. */
async function tellAndCatch(
  context: FinishContext,
  telling: Telling,
  expected: ExpectedNodes,
): Promise<TakeUp> {
  try {
    return await tellSlurmctld(context, telling, expected);
  } catch (error) {
    const complaint = errorText(error);
    return { kind: "not-taken-up", complaint };
  }
}

async function rollBack(
  context: FinishContext,
  { paths, observation }: Application,
  complaint: string,
): Promise<string> {
  const previous = await readPreviousGeneration(paths);
  if (previous === undefined) {
    return `${complaint}. There is no earlier generation to go back to; slurmctld's log says more.`;
  }
  context.progress(`${complaint}; going back to the generation before`);
  await writeGeneration(paths, previous);
  const isAnswering = await context.slurm.isAnswering();
  const telling = chooseTelling({
    release: observation.version,
    isAnswering,
    haveStartLinesChanged: true,
  });
  const present = new Set(cloudNodesOf(previous["slurm.conf"]));
  const takeUp = await tellAndCatch(context, telling, { present, absent: [] });
  if (takeUp.kind === "taken-up") {
    await markInUse(paths, previous);
    return `${complaint}. The generation before is back and in use, and nothing was lost; slurmctld's log says more.`;
  }
  const state = isAnswering
    ? "slurmctld answers, but could not be told so"
    : "slurmctld does not run with them";
  return `${complaint}. The files of the generation before are back; ${state}: ${takeUp.complaint}. Its log says more.`;
}
