import type { Clock } from "../domain/clock.ts";
import { careForFailedNodes, type FailedNodeCare } from "../domain/failed-node.ts";
import { groupBy } from "../domain/group-by.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { Log } from "../domain/log.ts";
import type { SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import { eachDespiteRefusals } from "./each-despite-refusals.ts";

export interface TendContext {
  readonly slurm: Pick<SlurmControl, "listNodes" | "setDown" | "returnToService">;
  readonly clock: Clock;
  readonly log: Log;
}

export type Tended =
  | { readonly kind: "none-waiting" }
  /** The first of the nodes that are still DOWN is due then, milliseconds since the epoch. */
  | { readonly kind: "waiting"; readonly nextRetryMs: number }
  /** Slurm refused or did not answer; it is in the log. */
  | { readonly kind: "refused" };

/**
 * Does what is due with the nodes that failNodes has set DOWN: keeps them down while Slurm powers them down, and returns them
 * to service when their time has come. Every run of startnode and stopnode calls it; from 23.02 on Slurm returns them
 * by itself as well. Never throws for what Slurm refuses: the next run tries again.
 * @param stopping nodes whose instances this run terminates: not returned, or a new instance could be among them
 */
export async function tendFailedNodes(
  context: TendContext,
  stopping: ReadonlySet<string> = new Set(),
): Promise<Tended> {
  const { slurm, clock, log } = context;
  const known = await doneOf(slurm.listNodes(), (reason) => {
    log.error("could not ask Slurm which nodes wait for their next try", { reason });
  });
  if (known === REFUSED) return { kind: "refused" };
  const care = careForFailedNodes(known, clock.now());
  // What it could not do is in the log already.
  const kept = await doneOf(keepNodesDown(context, care.keepDown), () => undefined);
  const due = care.giveBack.filter((name) => !stopping.has(name));
  const returned = await doneOf(giveBack(context, due), (reason) => {
    log.error("could not return nodes to service: a later run does", {
      nodes: compressHostlist(due),
      reason,
    });
  });
  if (kept === REFUSED || returned === REFUSED) return { kind: "refused" };
  const { nextRetryMs } = care;
  return nextRetryMs === undefined ? { kind: "none-waiting" } : { kind: "waiting", nextRetryMs };
}

const REFUSED = Symbol("refused");

/** What Slurm answers, or REFUSED after somebody was told why. */
async function doneOf<Answer>(
  work: Promise<Answer>,
  onRefusal: (reason: string) => void,
): Promise<Answer | typeof REFUSED> {
  try {
    return await work;
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    onRefusal(error.message);
    return REFUSED;
  }
}

/** @throws SlurmCommandError, NodeUpdateError */
export async function giveBack(
  {
    slurm,
    log,
  }: Pick<TendContext, "log"> & { readonly slurm: Pick<SlurmControl, "returnToService"> },
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await slurm.returnToService(names);
  log.info("returned nodes to service", { nodes: compressHostlist(names) });
}

/** slurmctld has been seen to stand still for 10 s. */
const PERSISTENT_DELAY_MS = 1_000;

/**
 * As tendFailedNodes(), again and again while Slurm refuses or does not answer, up to a time of the clock: a node that is not
 * DOWN again before it is off is idle then, and the job asks for it at once.
 */
export async function tendPersistently(
  context: TendContext,
  stopping: ReadonlySet<string>,
  deadlineMs: number,
): Promise<void> {
  const { clock } = context;
  for (;;) {
    const { kind } = await tendFailedNodes(context, stopping);
    if (kind !== "refused" || clock.now() + PERSISTENT_DELAY_MS >= deadlineMs) return;
    await clock.sleep(PERSISTENT_DELAY_MS);
  }
}

/** Nodes that failed for another run are looked for as often. */
const POLL_DELAY_MS_MAX = 30_000;
const POLL_DELAY_MS_MIN = 1_000;
/** A cool-down that is longer is left to later runs. */
const WAIT_MS_MAX = 2 * 3_600_000;

/**
 * Waits for the nodes' next tries and returns them to service, until none is waiting, two hours at most. For Slurm
 * before 23.02, which cannot return nodes by itself and lets its programs run as long as they like.
 */
export async function returnFailedNodes(context: TendContext): Promise<void> {
  const { clock } = context;
  const endMs = clock.now() + WAIT_MS_MAX;
  for (;;) {
    const tended = await tendFailedNodes(context);
    const now = clock.now();
    if (tended.kind === "none-waiting" || now >= endMs) return;
    const nextMs = tended.kind === "waiting" ? tended.nextRetryMs : now + POLL_DELAY_MS_MAX;
    if (nextMs > endMs) return;
    await clock.sleep(Math.max(Math.min(nextMs - now, POLL_DELAY_MS_MAX), POLL_DELAY_MS_MIN));
  }
}

/**
 * Sets nodes that are being powered down DOWN again, with the reason that they have.
 * @throws what Slurm refused first, when all others are done; each refusal is logged
 */
export async function keepNodesDown(
  {
    slurm,
    clock,
    log,
  }: Pick<TendContext, "clock" | "log"> & {
    readonly slurm: Pick<SlurmControl, "setDown">;
  },
  nodesToKeep: FailedNodeCare["keepDown"],
): Promise<void> {
  const byReason = groupBy(nodesToKeep, ({ record }) => record.reason);
  const refusal = await eachDespiteRefusals(
    byReason,
    async ([reason, nodes]) => {
      const retryAtMs = Math.max(...nodes.map((node) => node.retryAtMs));
      const resumeAfterSeconds = (retryAtMs - clock.now()) / 1000;
      await slurm.setDown(namesOf(nodes), reason, { resumeAfterSeconds });
      log.info("keeping nodes down", { nodes: compressHostlist(namesOf(nodes)), reason });
    },
    (error, [, nodes]) => {
      log.error(NOT_KEPT, { nodes: compressHostlist(namesOf(nodes)), reason: error.message });
    },
  );
  if (refusal !== undefined) throw refusal;
}

function namesOf(nodes: FailedNodeCare["keepDown"]): readonly string[] {
  return nodes.map(({ record }) => record.name);
}

const NOT_KEPT = "could not keep nodes down: after SuspendTimeout their jobs ask for them again";
