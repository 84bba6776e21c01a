import type { Clock } from "../../domain/clock.ts";
import { retryTimeOf } from "../../domain/failed-node.ts";
import { groupBy } from "../../domain/group-by.ts";
import { compressHostlist } from "../../domain/hostlist.ts";
import type { Log, LogFields } from "../../domain/log.ts";
import type { Action, Decision } from "../../domain/reconcile/decide.ts";
import { RECONCILE_PREFIX } from "../../domain/reconcile/reasons.ts";
import type { NodeSight } from "../../domain/reconcile/sight.ts";
import type { Instance } from "../../oci/provider.ts";
import type { ReleaseControl, SlurmControl } from "../../slurm/control.ts";
import { isSlurmError, NodeUpdateError } from "../../slurm/slurm-command-error.ts";
import { eachDespiteRefusals } from "../each-despite-refusals.ts";
import { RETIRE_REASON } from "../retire-nodes.ts";
import { keepNodesDown } from "../tend-nodes.ts";
import { terminateInstances, type TerminateContext } from "../terminate-instances.ts";
import { giveUp, whyOf, type GiveUpContext } from "./give-up.ts";
import { keepConsoles, type ConsoleContext, type KeptConsole } from "./keep-consoles.ts";

export type Act = Extract<Decision, { kind: "act" }>;

export interface ActContext extends TerminateContext, GiveUpContext, ConsoleContext {
  readonly slurm: Pick<SlurmControl, "drain" | "returnToService" | "reportAddresses"> &
    ReleaseControl &
    GiveUpContext["slurm"];
  readonly clock: Clock;
  readonly log: Log;
}

export interface Acted {
  /** What was done, or refused: then the reason stands in `problem`. */
  readonly acts: readonly { readonly act: Act; readonly problem?: string }[];
  /** Of the machines that were replaced, by node. */
  readonly consoles: ReadonlyMap<string, KeptConsole>;
}

/**
 * Carries the decisions out, in batches: Slurm is told of lost machines first, because jobs wait for that. What Slurm or
 * OCI refuses is in the log and is decided anew by the next pass. Safe to repeat.
 */
export async function carryOut(context: ActContext, acts: readonly Act[]): Promise<Acted> {
  const problems = new Map<Act, string>();
  const attempt = (
    kinds: readonly Action["kind"][],
    work: Work,
    why: WhyOf = ({ rule }) => rule.why,
  ): Promise<void> =>
    carryOutKind(
      context,
      acts.filter(({ action }) => kinds.includes(action.kind)),
      { work, why, problems },
    );
  await attempt(["give-up", "set-aside"], ({ acts: some }) => giveUp(context, some));
  const silent = acts.filter(({ action }) => action.kind === "replace");
  const consoles = await keepConsoles(
    context,
    silent.map(({ node }) => node),
  );
  const why: WhyOf = (act) => whyOf(act, consoles);
  await attempt(["replace"], ({ acts: some }) => giveUp(context, some, consoles), why);
  await attempt(["down"], ({ nodes }) => setDownAsIs(context, nodes));
  await attempt(["power-down"], ({ names }) => context.slurm.powerDownByForce(names));
  await attempt(["keep-down"], ({ nodes }) => keepDown(context, nodes));
  await attempt(["return"], ({ names }) => context.slurm.returnToService(names));
  await attempt(["release"], ({ names }) => context.slurm.powerDownWhenFree(names));
  await attempt(["close"], ({ names }) => context.slurm.drain(names, RETIRE_REASON));
  await attempt(["report-address"], ({ acts: some }) =>
    context.slurm.reportAddresses(some.flatMap(toAddress)),
  );
  const victims = acts.filter(({ action }) => action.kind === "terminate");
  for (const [act, problem] of await terminate(context, victims)) problems.set(act, problem);
  return {
    acts: acts.map((act) => {
      const problem = problems.get(act);
      return problem === undefined ? { act } : { act, problem };
    }),
    consoles,
  };
}

interface Group {
  readonly acts: readonly Act[];
  readonly names: readonly string[];
  readonly nodes: readonly NodeSight[];
}

type Work = (group: Group) => Promise<void>;

/** For the log: like nodes have one line. */
type WhyOf = (act: Act) => string;

/**
 * One group for each rule, so that a node which Slurm refuses does not keep those of other rules from their turn. Those of
 * its own rule are done as well.
 */
async function carryOutKind(
  { log }: ActContext,
  acts: readonly Act[],
  { work, why, problems }: { work: Work; why: WhyOf; problems: Map<Act, string> },
): Promise<void> {
  for (const [ruleId, group] of groupBy(acts, ({ rule }) => rule.id)) {
    const refused = new Set<Act>();
    try {
      const nodes = group.map(({ node }) => node);
      await work({ acts: group, names: nodes.map(({ name }) => name), nodes });
    } catch (error) {
      if (!isSlurmError(error)) throw error;
      for (const act of refusedOf(group, error)) refused.add(act);
      log.error("Slurm refused", { ...fieldsOf(ruleId, [...refused]), reason: error.message });
      for (const act of refused) problems.set(act, error.message);
    }
    const done = group.filter((act) => !refused.has(act));
    for (const [reason, some] of groupBy(done, why))
      log.info("reconciled nodes", { ...fieldsOf(ruleId, some), reason });
  }
}

function refusedOf(acts: readonly Act[], error: Error): readonly Act[] {
  if (!(error instanceof NodeUpdateError)) return acts;
  return acts.filter(({ node }) => error.nodeNames.includes(node.name));
}

function fieldsOf(ruleId: string, acts: readonly Act[]): LogFields {
  const nodes = compressHostlist(acts.map(({ node }) => node.name));
  return { action: ruleId, nodes, count: acts.length };
}

/** Each keeps its reason, and with it the name of who gave it. */
async function setDownAsIs({ slurm }: ActContext, nodes: readonly NodeSight[]): Promise<void> {
  const byReason = groupBy(nodes, ({ slurm: record }) => record?.reason ?? "");
  const refusal = await eachDespiteRefusals(byReason, async ([reason, some]) => {
    const names = some.map(({ name }) => name);
    await slurm.setDown(names, reason === "" ? `${RECONCILE_PREFIX} lost its machine` : reason);
  });
  if (refusal !== undefined) throw refusal;
}

async function keepDown(context: ActContext, nodes: readonly NodeSight[]): Promise<void> {
  const kept = nodes.flatMap(({ slurm: record }) => {
    const retryAtMs = record === undefined ? undefined : retryTimeOf(record.reason);
    return record === undefined || retryAtMs === undefined ? [] : [{ record, retryAtMs }];
  });
  await keepNodesDown(context, kept);
}

function toAddress({ node, action }: Act): { nodeName: string; ipAddress: string }[] {
  if (action.kind !== "report-address") return [];
  return [{ nodeName: node.name, ipAddress: action.ipAddress }];
}

async function terminate(
  context: ActContext,
  acts: readonly Act[],
): Promise<ReadonlyMap<Act, string>> {
  const owners = new Map<string, Act>();
  const victims = acts.flatMap((act) => {
    const { action } = act;
    if (action.kind !== "terminate") return [];
    for (const { instanceOcid } of action.instances) owners.set(instanceOcid, act);
    return action.instances as readonly Instance[];
  });
  const refused = await terminateInstances(context, victims);
  const problems = refused.flatMap(({ instance, failure }) => {
    const act = owners.get(instance.instanceOcid);
    return act === undefined ? [] : [[act, failure.message] as const];
  });
  return new Map(problems);
}
