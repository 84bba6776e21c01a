import type { Clock } from "../domain/clock.ts";
import { careForFailedNodes, type FailedNodeCare } from "../domain/failed-node.ts";
import { groupBy } from "../domain/group-by.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { Log } from "../domain/log.ts";
import type { SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

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
  try {
    const care = careForFailedNodes(await slurm.listNodes(), clock.now());
    await keepNodesDown(context, care.keepDown);
    const returned = care.giveBack.filter((name) => !stopping.has(name));
    if (returned.length > 0) {
      await slurm.returnToService(returned);
      log.info("returned nodes to service", { nodes: compressHostlist(returned) });
    }
    const { nextRetryMs } = care;
    return nextRetryMs === undefined ? { kind: "none-waiting" } : { kind: "waiting", nextRetryMs };
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.error("could not tend the nodes that failed", { reason: error.message });
    return { kind: "refused" };
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

/** Sets nodes that are being powered down DOWN again, with the reason that they have. */
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
  for (const [reason, nodes] of groupBy(nodesToKeep, ({ record }) => record.reason)) {
    const names = nodes.map(({ record }) => record.name);
    const retryAtMs = Math.max(...nodes.map((node) => node.retryAtMs));
    await slurm.setDown(names, reason, {
      resumeAfterSeconds: (retryAtMs - clock.now()) / 1000,
    });
    log.info("keeping nodes down", { nodes: compressHostlist(names), reason });
  }
}
