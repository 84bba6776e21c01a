import { compressHostlist } from "../../domain/hostlist.ts";
import type { JobAtRisk } from "../../slurm/control.ts";
import type { NodeChange } from "../../domain/node-change.ts";
import type { ChangeGroup, ChangeOutcome } from "./change-nodes.ts";

type Shown = Extract<ChangeOutcome, { groups: unknown }>;

/** What was done, or would be, for people: a paragraph for each group of nodes, then the jobs. */
export function formatChange(change: NodeChange, { kind, groups, jobs }: Shown): string {
  const lines = groups.flatMap((group) => paragraph(kind, group));
  return `${[...lines, ...describeJobs(change, jobs)].join("\n")}\n`;
}

/** One object, for scripts. */
export function changeJson(change: NodeChange, outcome: ChangeOutcome): string {
  if (!("groups" in outcome)) return `${JSON.stringify({ change, ...outcome }, null, 2)}\n`;
  const groups = outcome.groups.map(({ verdict, nodeNames, problem }) => ({
    nodes: nodeNames,
    ...verdict,
    problem,
  }));
  return `${JSON.stringify({ change, kind: outcome.kind, groups, jobs: outcome.jobs }, null, 2)}\n`;
}

function paragraph(
  outcome: Shown["kind"],
  { verdict, nodeNames, problem }: ChangeGroup,
): readonly string[] {
  const count = `${nodeNames.length} node${nodeNames.length === 1 ? "" : "s"}`;
  const head = `${count}: ${compressHostlist(nodeNames)}`;
  if (problem !== undefined) return [head, `  Slurm refused: ${problem}`];
  switch (verdict.kind) {
    case "do":
      return [head, `  ${outcome === "done" ? "done" : "plan"}: ${verdict.what}`];
    case "nothing":
      return [head, `  nothing to do: ${verdict.what}`];
    case "refuse":
      return [head, `  refused: ${verdict.what}`];
  }
}

const JOBS_SHOWN_MAX = 20;

/** What becomes of the jobs on the nodes. */
function describeJobs(change: NodeChange, jobs: readonly JobAtRisk[]): readonly string[] {
  if (jobs.length === 0) return [];
  if (change === "stop" || change === "drain") return [`Jobs that end first: ${listJobs(jobs)}`];
  const requeued = jobs.filter(({ isRequeueable }) => isRequeueable);
  const ended = jobs.filter(({ isRequeueable }) => !isRequeueable);
  return [
    ...(requeued.length === 0 ? [] : [`Jobs that are requeued: ${listJobs(requeued)}`]),
    ...(ended.length === 0
      ? []
      : [`Jobs that end (srun, salloc, --no-requeue): ${listJobs(ended)}`]),
  ];
}

function listJobs(jobs: readonly JobAtRisk[]): string {
  const shown = jobs.slice(0, JOBS_SHOWN_MAX).map(({ id, user }) => `${id} (${user})`);
  const more = jobs.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
