import { nearestNames } from "../../domain/edit-distance.ts";
import { groupBy } from "../../domain/group-by.ts";
import { compressHostlist } from "../../domain/hostlist.ts";
import type { Log } from "../../domain/log.ts";
import { judgeChange, type ChangeVerdict, type NodeChange } from "../../domain/node-change.ts";
import { pauseSentence, type Pause } from "../../domain/pause.ts";
import { CITC_PREFIX } from "../../domain/reconcile/reasons.ts";
import type {
  FailureControl,
  JobAtRisk,
  JobsAtRisk,
  PowerControl,
  ReleaseControl,
  SlurmControl,
  SlurmNode,
} from "../../slurm/control.ts";
import { isSlurmError, mergeRefusals, NodeUpdateError } from "../../slurm/slurm-command-error.ts";
import { eachDespiteRefusals } from "../each-despite-refusals.ts";
import { nodesByName } from "../node-records.ts";

export interface ChangeContext {
  readonly slurm: Pick<SlurmControl, "listNodes" | "setDown" | "drain" | "returnToService"> &
    FailureControl &
    ReleaseControl &
    PowerControl &
    JobsAtRisk;
  readonly readPause: () => Promise<Pause | undefined>;
  readonly log: Log;
}

export interface ChangeRequest {
  readonly change: NodeChange;
  readonly nodeNames: readonly string[];
  /** Who asks, for the nodes' reason: to Slurm it is root. */
  readonly who: string;
  /** Of a drain, and of a death if the admin has more to say. */
  readonly reason: string | undefined;
  /** Running jobs may be harmed (--yes). */
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
}

/** Nodes with which the same is due. */
export interface ChangeGroup {
  readonly verdict: ChangeVerdict;
  readonly nodeNames: readonly string[];
  /** What Slurm said when it refused. */
  readonly problem?: string;
}

export type ChangeOutcome =
  /** Nothing was done. */
  | { readonly kind: "unknown-nodes"; readonly message: string }
  | { readonly kind: "paused"; readonly message: string }
  /** Nothing was done: jobs run on the nodes, and nobody has said that they may be harmed. */
  | {
      readonly kind: "needs-yes" | "planned" | "done";
      readonly groups: readonly ChangeGroup[];
      /** Those on the nodes that are stopped, drained or given up. */
      readonly jobs: readonly JobAtRisk[];
    };

/**
 * Does what an admin wants of nodes: looks at them, decides for each what is due, and tells Slurm. Nodes that Slurm does
 * not know stop all of it. Safe to repeat.
 * @throws SlurmCommandError when Slurm cannot be asked
 */
export async function changeNodes(
  context: ChangeContext,
  request: ChangeRequest,
): Promise<ChangeOutcome> {
  const { slurm, readPause } = context;
  const { change, nodeNames, isConfirmed, isDryRun } = request;
  const records = await nodesByName(context);
  const unknown = nodeNames.filter((name) => !records.has(name));
  if (unknown.length > 0)
    return { kind: "unknown-nodes", message: describeUnknown(unknown, [...records.keys()]) };
  const pause = change === "start" ? await readPause() : undefined;
  if (pause !== undefined) return { kind: "paused", message: pauseSentence(pause) };
  const groups = groupsOf(
    change,
    nodeNames.flatMap((name) => records.get(name) ?? []),
  );
  const named = groups.filter(isDue).flatMap((group) => group.nodeNames);
  const jobs = HARMING.has(change) && named.length > 0 ? await slurm.jobsAtRisk(named) : [];
  if (isDryRun) return { kind: "planned", groups, jobs };
  if (change === "stop-now" && jobs.length > 0 && !isConfirmed)
    return { kind: "needs-yes", groups, jobs };
  const done: ChangeGroup[] = [];
  for (const group of groups)
    done.push(isDue(group) ? await carryOut(context, request, group) : group);
  return { kind: "done", groups: done, jobs };
}

/** Of the others no job takes notice. */
const HARMING: ReadonlySet<NodeChange> = new Set(["stop", "stop-now", "drain", "confirm-dead"]);

/** Only the first are compared with all that there are. */
const UNKNOWN_SHOWN_MAX = 3;

function describeUnknown(unknown: readonly string[], known: readonly string[]): string {
  const hints = unknown.slice(0, UNKNOWN_SHOWN_MAX).map((name) => {
    const near = nearestNames(name, known);
    return near.length === 0 ? name : `${name} (is it ${near.join(", ")}?)`;
  });
  const more = unknown.length - hints.length;
  const names = `${hints.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return `Slurm has no node ${names}; 'sinfo -N' lists those that it has. Nothing was done`;
}

function groupsOf(change: NodeChange, records: readonly SlurmNode[]): readonly ChangeGroup[] {
  const judged = records.map((record) => ({ record, verdict: judgeChange(change, record) }));
  const groups = groupBy(judged, ({ verdict: { kind, what } }) => `${kind} ${what}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const nodeNames = group.map(({ record }) => record.name);
    return first === undefined ? [] : [{ verdict: first.verdict, nodeNames }];
  });
}

function isDue({ verdict }: ChangeGroup): boolean {
  return verdict.kind === "do";
}

async function carryOut(
  context: ChangeContext,
  request: ChangeRequest,
  group: ChangeGroup,
): Promise<ChangeGroup> {
  const { log } = context;
  const { nodeNames } = group;
  const fields = { action: request.change, nodes: compressHostlist(nodeNames) };
  try {
    await tellSlurm(context, request, nodeNames);
    log.info("changed nodes", { ...fields, count: nodeNames.length, reason: reasonOf(request) });
    return group;
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.error("Slurm refused", { ...fields, reason: error.message });
    return { ...group, problem: error.message };
  }
}

function tellSlurm(
  { slurm }: ChangeContext,
  request: ChangeRequest,
  names: readonly string[],
): Promise<void> {
  const reason = reasonOf(request);
  switch (request.change) {
    case "start":
      return slurm.powerUp(names);
    case "stop":
      return slurm.powerDownWhenFree(names, reason);
    case "stop-now":
      return slurm.powerDownByForce(names, reason);
    case "drain":
      return slurm.drain(names, reason);
    case "return":
      return slurm.returnToService(names);
    case "confirm-dead":
      return giveUp(slurm, names, reason);
  }
}

/**
 * DOWN requeues the jobs at once. Both at once: ReturnToService=2 takes a DOWN node back that answers after all. A name that
 * Slurm refuses (a finish has removed it) must not cost the others their power-down.
 * @throws what Slurm refused
 */
async function giveUp(
  slurm: ChangeContext["slurm"],
  names: readonly string[],
  reason: string,
): Promise<void> {
  let refusal: NodeUpdateError | undefined;
  try {
    await slurm.setDown(names, reason);
  } catch (error) {
    if (!(error instanceof NodeUpdateError)) throw error;
    refusal = error;
  }
  const down = names.filter((name) => refusal?.nodeNames.includes(name) !== true);
  const second =
    down.length === 0
      ? undefined
      : await eachDespiteRefusals([down], (some) => slurm.powerDownByForce(some));
  const merged = mergeRefusals([refusal, second].filter((it) => it !== undefined));
  if (merged !== undefined) throw merged;
}

/** For `sinfo -R` and the log. A drain's is the admin's own; the others are told from it by our prefix. */
function reasonOf({ change, who, reason }: ChangeRequest): string {
  const more = reason === undefined ? "" : `: ${reason}`;
  switch (change) {
    case "drain":
      return `${reason ?? "drained"} (${who})`;
    case "confirm-dead":
      return `${CITC_PREFIX} ${who} confirmed that the machine is dead${more}`;
    case "start":
    case "stop":
    case "stop-now":
    case "return":
      return `${CITC_PREFIX} ${WORDS[change]} by ${who}${more}`;
  }
}

const WORDS = { start: "started", stop: "stopped", "stop-now": "stopped", return: "returned" };
